package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The broker, the server or the agent is killed under somebody who follows logs of a container on a real engine, and started again. */
@RequiresFleet
@Tag("night")
class BrokenStreamsIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private Fleet fleet;
    private SmallHosts hosts;

    @BeforeEach
    void start() {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of(SmallHosts.NATS_SERVER)),
                "nats-server is not installed: apt-get install nats-server");
        fleet = new Fleet("knit-broken-" + ProcessHandle.current().pid(), 1);
        fleet.image("box:local");
        hosts = new SmallHosts(fleet, folder, true);
    }

    @AfterEach
    void end() {
        if (hosts != null) {
            hosts.close();
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    @ParameterizedTest(name = "the {0} is killed")
    @ValueSource(strings = {"broker", "server", "agent"})
    @DisplayName(
            "the answer breaks off, and where anybody is left to say it, in words; knit logs -f goes on once it is back, with each line once and in order; and if it does not come back, it ends in words")
    void killed(String victim) throws Exception {
        String instance =
                hosts.deploy("counter", "i=0; while true; do echo $i; i=$((i+1)); busybox sleep 0.05; done", "");
        hosts.deploy("idle", "sleep 1000", ", \"disconnect\": {\"stop_after\": \"10s\"}");
        Follower plain = new Follower(
                "plain", List.of("curl", "-sN", "http://10.54.0.1:8080/instances/" + instance + "/logs?follow=true"));
        Follower knit =
                new Follower("knit", List.of(Fleet.HOME.resolve("bin/knit").toString(), "logs", "-f", instance));
        for (Follower each : List.of(plain, knit)) {
            await(each.name + " has some").atMost(SOON).until(() -> each.lines().size() > 40);
        }

        hosts.process(victim).kill();
        long killed = System.nanoTime();
        if (victim.equals("agent")) {
            // which takes a while to be ready again, of the half minute for which it is tried
            hosts.process(victim).start();
        }
        assertThat(plain.process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("it breaks off")
                .isTrue();
        System.out.printf(
                Locale.ROOT,
                "%s killed: curl ended with %d after %.1f s, and %s%n",
                victim,
                plain.process.exitValue(),
                (System.nanoTime() - killed) / 1e9,
                plain.words());
        assertThat(plain.process.exitValue()).as("not a whole answer").isIn(18, 56);
        if (!victim.equals("server")) {
            assertThat(plain.words()).singleElement().asString().startsWith("knit: ");
        }
        assertInOrder(plain);

        if (!victim.equals("agent")) {
            hosts.process(victim).start();
        }
        int last = last();
        await("the lines of meanwhile, and more")
                .atMost(SOON)
                .until(() -> knit.lines().size() > last + 20 || !knit.process.isAlive());
        assertThat(knit.process.isAlive()).as(knit.errors()).isTrue();
        assertInOrder(knit);
        assertThat(knit.errors()).isEmpty();

        hosts.process(victim).kill();
        assertThat(knit.process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("it gives up")
                .isTrue();
        System.out.printf(
                Locale.ROOT, "and for good: knit ended with %d, and %s%n", knit.process.exitValue(), knit.errors());
        assertThat(knit.process.exitValue()).isNotZero();
        assertThat(knit.errors()).startsWith("knit: ");
        assertInOrder(knit);
        // where an agent heard no server for so long, and none that is not there
        assertThat(running("idle")).hasSize(victim.equals("agent") ? 1 : 0);
        assertThat(running("counter")).hasSize(1);

        hosts.process(victim).start();
        hosts.awaitReady();
        await("what was stopped runs again")
                .atMost(SOON)
                .until(() -> running("idle").size() == 1);
        hosts.undeploy("counter");
        hosts.undeploy("idle");
        assertThat(fleet.docker(1, "ps", "-aq")).isEmpty();
    }

    /** The newest number that the engine has. */
    private int last() {
        return Integer.parseInt(
                fleet.docker(1, "logs", "--tail", "1", running("counter").get(0))
                        .strip());
    }

    private List<String> running(String deployment) {
        return fleet.docker(1, "ps", "-q", "--filter", "label=knit.deployment=" + deployment)
                .lines()
                .toList();
    }

    private static void assertInOrder(Follower follower) {
        List<String> lines = follower.lines();
        assertThat(lines)
                .as(follower.name)
                .isEqualTo(IntStream.range(0, lines.size())
                        .mapToObj(String::valueOf)
                        .toList());
    }

    /** Who follows, and what he was told so far. */
    private final class Follower {
        private final String name;
        private final Process process;
        private final Path output;

        Follower(String name, List<String> command) throws IOException {
            this.name = name;
            this.output = folder.resolve(name + ".out");
            List<String> line = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" > '" + output + "'", "sh"));
            line.addAll(command);
            this.process = hosts.start(name + ".err", line);
        }

        /** Whole ones of the container's. */
        List<String> lines() {
            return all().stream().filter(line -> !line.startsWith("knit: ")).toList();
        }

        List<String> words() {
            return all().stream().filter(line -> line.startsWith("knit: ")).toList();
        }

        private List<String> all() {
            String text = read(output);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        }

        String errors() {
            return read(folder.resolve(name + ".err"));
        }

        private String read(Path file) {
            try {
                return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
