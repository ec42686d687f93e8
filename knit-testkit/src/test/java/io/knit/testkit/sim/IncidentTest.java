package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.AgentTiming;
import io.knit.api.command.Caller;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.core.Incident;
import io.knit.core.KnitServer;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server decided is decided again from its file, and nothing else. */
class IncidentTest {
    private static String exported(SimulatedFleet fleet, KnitServer server) {
        return asked(fleet, server).orElseThrow();
    }

    /** Empty: the server was killed before it answered. */
    private static Optional<String> asked(SimulatedFleet fleet, KnitServer server) {
        AtomicReference<String> text = new AtomicReference<>();
        server.incident(Caller.PROGRAM).onSuccess(text::set);
        fleet.queue().runUntil(() -> text.get() != null, Duration.ofMinutes(1));
        return Optional.ofNullable(text.get());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    @DisplayName("a fleet in which everything goes wrong: the file of its server comes to the same decisions")
    void whateverWentWrong(long seed) throws IOException {
        try (FileSystem disks = ClusterSimulation.disks()) {
            // what users do besides, and a second witness, in every other one: without them there are other decisions
            boolean more = seed % 2 == 0;
            SimulatedFleet fleet = new SimulatedFleet(seed, disks, AgentTiming.DEFAULT, true, 0, more);
            fleet.hosts().forEach(host -> host.engine().withBridge("172.17.0.1", "172.17.0.0/16"));
            Chaos chaos = new Chaos(fleet, more);
            fleet.start(chaos::afterEvent);
            Duration length = Duration.ofSeconds(60);
            chaos.plan(length);
            if (more) {
                chaos.planOperations(length);
            }
            int decisions = 0;
            for (int i = 0; i < 6; i++) {
                fleet.queue().runFor(length.dividedBy(6));
                decisions += fleet.server()
                        .running()
                        .flatMap(server -> asked(fleet, server))
                        .map(IncidentTest::same)
                        .orElse(0);
            }
            chaos.end();
            chaos.endWhatWaits();
            fleet.settle(Duration.ofMinutes(15));
            decisions += same(exported(fleet, fleet.orchestrator()));
            // how many there are is chance's: what a seed's users do is another with each kind of command that they
            // learn
            assertThat(decisions).isGreaterThan(10);
        }
    }

    private static int same(String text) {
        Incident.Outcome outcome = Incident.replay(text);
        assertThat(outcome.difference()).isNull();
        return outcome.decisions();
    }

    private static DeploymentSpec web(String image) {
        return DeploymentSpec.builder("web", image)
                .replicas(2)
                .env("TOKEN", "a-secret-value")
                .template("/etc/motd", "a-secret-template")
                .registryAuth("a-secret-user", "a-secret-password")
                .sidecar(new SidecarSpec(
                        "beside", "side:1", List.of(), List.of(), List.of(), Map.of("TOKEN", "a-secret-there"), "", ""))
                .build();
    }

    @Test
    @DisplayName("no secret is in it, and what only differs in secrets still differs")
    void noSecrets() {
        try (SimulatedFleet fleet = SimulatedFleet.of(2)) {
            fleet.deploy(web("web:1"));
            fleet.deploy(web("web:2"));
            String text = exported(fleet, fleet.orchestrator());
            assertThat(text).contains("TOKEN", "/etc/motd", "***").doesNotContain("a-secret");
            assertThat(same(text)).isGreaterThan(5);
        }
    }

    @Test
    @DisplayName("of a share it is known what it is, and not how it is reached: what is decided by it is decided again")
    void shares() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            for (int revision = 1; revision <= 2; revision++) {
                fleet.deploy(DeploymentSpec.builder("films", "films:" + revision)
                        .replicas(2)
                        .volume(new VolumeSpec(
                                "films",
                                "",
                                "/films",
                                false,
                                "local",
                                Map.of("type", "nfs", "device", ":/x", "o", "addr=1.2.3.4,password=a-secret")))
                        .build());
            }
            String text = exported(fleet, fleet.orchestrator());
            assertThat(text).contains("\"type\":\"nfs\"").doesNotContain("a-secret");
            assertThat(same(text)).isGreaterThan(5);
        }
    }

    @Test
    @DisplayName("a decision that is another one now is shown, the first of them, in words")
    void theFirstDifference() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.deploy(web("web:1"));
            String text = exported(fleet, fleet.orchestrator());
            String node = Objects.requireNonNull(
                    fleet.deployment("web").instances().get(0).node());
            String other = node.equals("node-0") ? "node-1" : "node-0";
            String changed = text.replaceFirst("(\"answered\":.*?\"node\":)\"" + node + "\"", "$1\"" + other + "\"");
            assertThat(changed).isNotEqualTo(text);
            assertThat(Incident.replay(changed).difference())
                    .startsWith("decision ")
                    .contains(
                            "is another one now: then its change",
                            "(instance web-",
                            "with /value/node = \"" + other + "\"",
                            "and now it is",
                            "/value/node = \"" + node + "\"");
        }
    }

    @Test
    @DisplayName("what is no incident is refused, and so is one of a later form")
    void refused() {
        assertThatThrownBy(() -> Incident.replay("{}"))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("no incident");
        assertThatThrownBy(() -> Incident.replay("{\"knit_incident\":9,\"version\":\"7.0\"}"))
                .hasMessageContaining("form 9")
                .hasMessageContaining("7.0");
        assertThatThrownBy(() -> Incident.replay("nothing")).hasMessageContaining("line 1");
    }
}
