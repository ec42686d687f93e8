package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.launcher.fleet.Fleet.Container;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills the server, the agent or the engine at any moment: what was accepted runs, once, and what ran runs on. In two halves, for they mostly wait: two test
 * processes have one each.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CrashContract {
    static final List<String> NAMES =
            IntStream.rangeClosed(1, 10).mapToObj(i -> "app-" + i).toList();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(300);
    private static final int MOMENTS = 2;
    /** So far apart are the first moments of two days. */
    private static final long A_DAY = 1_000;

    private static final int LATEST_MOMENT_MILLIS = 3_000;

    @TempDir
    static Path folder;

    private final int half;

    Fleet fleet;
    private Api api;
    private KnitProcess server;
    private KnitProcess agent;

    /** @param half 0 for the moments with an even number, 1 for the others */
    CrashContract(int half) {
        this.half = half;
    }

    @BeforeAll
    void start() {
        fleet = new Fleet("knit-crash-" + half + "-" + ProcessHandle.current().pid(), 1);
        fleet.image("nginx:local");
        server = new KnitProcess(
                "server",
                folder,
                fleet.on(0),
                Map.of("KNIT_DATA_DIR", folder.resolve("server").toString()),
                "bin/knit-server",
                "start",
                "--http-addr",
                "10.54.0.1:8080",
                "--nats-addr",
                "10.54.0.1:4222");
        agent = new KnitProcess(
                "agent",
                folder,
                fleet.on(1),
                Map.of("KNIT_DATA_DIR", folder.resolve("agent").toString(), "KNIT_DOCKER_HOST", fleet.dockerHost(1)),
                "bin/knit-agent",
                "start",
                "--nats-url",
                "nats://10.54.0.1:4222",
                "--node-id",
                "host-1");
        server.start();
        agent.start();
        api = new Api(fleet, "http://10.54.0.1:8080");
    }

    @AfterEach
    void undeployAll() {
        NAMES.forEach(name -> api.delete("/deployments/" + name));
        await("all deployments are gone")
                .atMost(SOON)
                .pollInterval(POLL)
                .until(() -> api.deployments().isEmpty());
        assertThat(fleet.containers()).isEmpty();
    }

    @AfterAll
    void end() {
        for (KnitProcess process : new KnitProcess[] {agent, server}) {
            if (process != null) {
                process.close();
            }
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    /** Other moments every day; {@code -Dknit.crash.moments=N} for more of them, {@code -Dknit.crash.first=N} from that one on. */
    List<Long> seeds() {
        int moments = Integer.getInteger("knit.crash.moments", MOMENTS);
        long first =
                Long.getLong("knit.crash.first", LocalDate.now(ZoneOffset.UTC).toEpochDay() * A_DAY);
        return LongStream.range(first, first + moments)
                .filter(moment -> Math.floorMod(moment, 2) == half)
                .boxed()
                .toList();
    }

    @ParameterizedTest(name = "moment {0}")
    @MethodSource("seeds")
    void killedAtAnyMomentOfTenDeployments(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        KnitProcess victim = random.nextBoolean() ? server : agent;
        int moment = random.nextInt(LATEST_MOMENT_MILLIS);

        CompletableFuture<Void> deploying = CompletableFuture.runAsync(() -> NAMES.forEach(this::deploy));
        CompletableFuture<Map<String, Container>> crash = CompletableFuture.supplyAsync(
                () -> {
                    victim.kill();
                    Map<String, Container> running = running();
                    victim.start();
                    return running;
                },
                CompletableFuture.delayedExecutor(moment, TimeUnit.MILLISECONDS));
        Map<String, Container> before = crash.get(90, TimeUnit.SECONDS);
        deploying.get(90, TimeUnit.SECONDS);

        awaitEachRunsOnce();
        assertThat(running()).as("what ran when it was killed").containsAllEntriesOf(before);
    }

    /** Accepted at last, as a client does that means it: the same spec again changes nothing. */
    final void deploy(String name) {
        String spec = "{\"name\": \"" + name + "\", \"image\": \"nginx:local\", \"ports\": [{\"container_port\": 80}]}";
        await(name + " is accepted")
                .atMost(SOON)
                .until(() -> api.post("/deployments", spec).status() == 202);
    }

    final void awaitEachRunsOnce() {
        try {
            awaitEachOnce();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    e.getMessage() + "\nthe server says: "
                            + api.get("/deployments").body() + "\nthe engine has: " + fleet.containers()
                            + "\nthe server's log:\n" + server.log() + "\nthe agent's log:\n" + agent.log(),
                    e);
        }
    }

    private void awaitEachOnce() {
        await("each runs once, and nothing else is there")
                .atMost(SOON)
                .pollInterval(POLL)
                .untilAsserted(() -> {
                    // asking the engine takes two programs: not before the server says so
                    assertThat(api.statuses())
                            .hasSize(NAMES.size())
                            .allSatisfy((name, status) -> assertThat(status).isEqualTo("running"));
                    Map<String, Container> all = fleet.containers();
                    assertThat(all.values()).allMatch(Container::runs);
                    assertThat(all.values())
                            .extracting(Container::deployment)
                            .containsExactlyInAnyOrderElementsOf(NAMES);
                });
    }

    final Map<String, Container> running() {
        return fleet.containers().entrySet().stream()
                .filter(entry -> entry.getValue().runs())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
    }
}
