package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three hosts with an engine each, a deployment of two, and a client under a steady load: what an operator does, and a host that dies, lose no request but those that
 * the dead host held. For every night: {@code -Dknit.load=true}.
 */
@RequiresFleet
@EnabledIfSystemProperty(named = "knit.load", matches = "true")
class SteadyLoadIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int RATE = Integer.getInteger("knit.load.rate", 50);

    @TempDir
    Path folder;

    private Fleet fleet;
    private Api api;
    private @Nullable SteadyLoad load;
    private String preStop = "[]";
    private FleetProcesses processes;

    @BeforeEach
    void start() throws IOException {
        fleet = new Fleet("knit-load-" + ProcessHandle.current().pid(), 3);
        processes = new FleetProcesses(fleet, folder);
        fleet.image("web:1");
        processes.startServer();
        api = processes.api();
        for (int host = 1; host <= fleet.size(); host++) {
            processes.agent(host, FleetProcesses.usual()).start();
        }
        await("all nodes are ready")
                .atMost(SOON)
                .until(() -> List.of("host-1", "host-2", "host-3").stream()
                        .allMatch(node -> api.nodeState(node).equals("ready")));
    }

    @AfterEach
    void end() throws IOException {
        if (load != null) {
            load.close();
        }
        if (processes != null) {
            processes.close();
        }
    }

    /** A check says when it serves. */
    private String spec(int version, int port) {
        String form = """
                {"name": "web", "image": "web:1", "pull": "never", "replicas": 2, "env": {"VERSION": "%d"},
                 "ports": [{"container_port": 80}],
                 "health": {"tcp": {"port": %d}, "interval": "500ms", "timeout": "500ms", "retries": 2, "grace": "3s"},
                 "stop": {"pre_stop": %s},
                 "update": {"min_healthy": "2s"}}
                """;
        return String.format(Locale.ROOT, form, version, port, preStop);
    }

    /** @param command before the signal: some time for clients to read that it stops, or none, so that they find nobody there */
    @ParameterizedTest(name = "pre_stop {0}")
    @ValueSource(strings = {"[\"sleep\", \"2\"]", "[]"})
    void noRequestIsLostButWhatTheDeadHostHeld(String command) {
        preStop = command;
        deploy(spec(1, 80));
        awaitHealthy(1);
        SteadyLoad client = new SteadyLoad(fleet, folder, "http://10.54.0.1:8080/deployments/web", RATE);
        load = client;
        client.phase("nothing", () -> await().pollDelay(Duration.ofSeconds(5)).until(() -> true));

        client.phase("rolling update", () -> {
            deploy(spec(2, 80));
            awaitHealthy(2);
        });
        client.phase("bad update", () -> {
            // nothing listens there, so it is never healthy
            deploy(spec(3, 81));
            awaitHealthy(4);
        });
        int drained = host(0);
        client.phase("drain", () -> {
            assertThat(api.post("/nodes/host-" + drained + "/drain", "").status())
                    .isLessThan(300);
            await("it is empty and all is healthy")
                    .atMost(SOON)
                    .until(() -> healthy() == 2 && instancesOn(drained) == 0);
        });
        assertThat(api.post("/nodes/host-" + drained + "/activate", "").status())
                .isLessThan(300);

        int killed = host(0);
        client.phase("killed host", () -> {
            client.dies(Fleet.address(killed));
            fleet.kill(killed);
            await("its work is elsewhere").atMost(SOON).until(() -> healthy() == 2 && instancesOn(killed) == 0);
        });

        assertThat(client.summary())
                .allSatisfy(
                        (phase, counts) -> assertThat(counts.lost()).as(phase).isZero());
        assertThat(Objects.requireNonNull(client.summary().get("killed host")).held())
                .as("no more than was under way")
                .isLessThanOrEqualTo(RATE);
    }

    private void deploy(String spec) {
        Api.Answer answer = api.post("/deployments", spec);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    }

    /** Both slots by that revision, and nothing else. */
    private void awaitHealthy(int revision) {
        await("revision " + revision + " is healthy in both slots").atMost(SOON).until(() -> {
            JsonNode view = view();
            return view.path("revision").asInt() == revision
                    && view.path("rollout").path("phase").asText().equals("done")
                    && healthy() == 2
                    && view.path("instances").size() == 2;
        });
    }

    private JsonNode view() {
        return api.get("/deployments/web").json();
    }

    private int healthy() {
        return view().path("healthy").asInt();
    }

    private long instancesOn(int host) {
        return StreamSupport.stream(view().path("instances").spliterator(), false)
                .filter(instance -> instance.path("node").asText().equals("host-" + host)
                        && !instance.path("state").asText().equals("lost"))
                .count();
    }

    /** The host of the instance of a slot. */
    private int host(int slot) {
        String node = StreamSupport.stream(view().path("instances").spliterator(), false)
                .filter(instance -> instance.path("slot").asInt() == slot
                        && instance.path("state").asText().equals("running"))
                .map(instance -> instance.path("node").asText())
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(node.substring("host-".length()));
    }
}
