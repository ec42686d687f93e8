package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.Mode;
import io.knit.api.model.SidecarSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.sim.host.SimulatedHost;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs beside main containers, in a fleet whose parts die. */
class SidecarsScenarioTest {
    private static final List<String> NODES = List.of("node-0", "node-1", "node-2");

    private static DeploymentSpec web(String image) {
        return DeploymentSpec.builder("web", image)
                .replicas(4)
                .sidecar(SidecarSpec.of("log", "ship:1", "sleep"))
                .sidecar(SidecarSpec.of("proxy", "envoy:1", "sleep"))
                .build();
    }

    private static List<ContainerSnapshot> all(SimulatedFleet fleet) {
        return NODES.stream().flatMap(node -> fleet.containers(node).stream()).toList();
    }

    /** Each instance has its main container and one of each sidecar, which run, and are in its network. */
    private static boolean isWhole(SimulatedFleet fleet, int instances) {
        List<ContainerSnapshot> all = all(fleet);
        boolean run = all.stream().allMatch(it -> it.state() == ContainerState.RUNNING);
        boolean joined = fleet.hosts().stream()
                .allMatch(host -> host.engine().containers().stream()
                        .filter(it -> it.labels().containsKey(KnitLabels.PART))
                        .allMatch(it -> host.engine().hasJoined(it.id())));
        var byInstance = all.stream()
                .collect(Collectors.groupingBy(
                        it -> it.labels().get(KnitLabels.INSTANCE),
                        TreeMap::new,
                        Collectors.mapping(
                                it -> it.labels().getOrDefault(KnitLabels.PART, "main"), Collectors.toList())));
        return run
                && joined
                && byInstance.size() == instances
                && byInstance.values().stream()
                        .allMatch(names -> names.stream().sorted().toList().equals(List.of("log", "main", "proxy")));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    @DisplayName(
            "agents, engines, containers and the server die at any time, also in an update; in the end each instance is whole, and nothing else is left")
    void deaths(long seed) {
        SplittableRandom chance = new SplittableRandom(seed);
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.await(fleet.orchestrator().deploy(web("web:1")));
            for (int step = 0; step < 14; step++) {
                int number = chance.nextInt(3);
                String node = NODES.get(number);
                SimulatedHost host = fleet.hosts().get(number);
                List<ContainerSnapshot> there = host.engine().containers().stream()
                        .filter(it -> it.state() == ContainerState.RUNNING)
                        .toList();
                if (!there.isEmpty()) {
                    String id = there.get(chance.nextInt(there.size())).id();
                    if (chance.nextBoolean()) {
                        host.engine().end(id, 1);
                    } else {
                        host.engine().prune(id);
                    }
                }
                fleet.runFor(Duration.ofMillis(chance.nextInt(6_000)));
                fleet.killAgent(node);
                fleet.runFor(Duration.ofMillis(chance.nextInt(4_000)));
                if (step == 4) {
                    fleet.server().kill();
                    fleet.runFor(Duration.ofMillis(chance.nextInt(4_000)));
                    fleet.server().start();
                }
                if (chance.nextInt(4) == 0) {
                    host.engine().kill();
                    fleet.runFor(Duration.ofMillis(chance.nextInt(3_000)));
                    host.engine().start();
                }
                fleet.startAgent(node);
                fleet.runFor(Duration.ofMillis(chance.nextInt(3_000)));
                if (step == 7) {
                    fleet.runUntil(() -> fleet.orchestrator().ready());
                    fleet.await(fleet.orchestrator().deploy(web("web:2")));
                }
            }
            // how it stands with an instance is told a moment after its container is gone
            fleet.runFor(Duration.ofSeconds(20));
            fleet.runUntil(() ->
                    fleet.deployment("web").instances().stream().allMatch(Instance::isHealthy) && isWhole(fleet, 4));
            fleet.runFor(Duration.ofMinutes(5));
            assertThat(isWhole(fleet, 4)).isTrue();
            fleet.await(fleet.orchestrator().undeploy("web"));
            fleet.runUntil(() -> all(fleet).isEmpty());
            fleet.runFor(Duration.ofMinutes(1));
            assertThat(all(fleet)).isEmpty();
        }
    }

    @Test
    @DisplayName("a job is done when its main container has ended well, and what ran beside it goes")
    void job() {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            fleet.await(fleet.orchestrator()
                    .deploy(DeploymentSpec.builder("sum", "sum:1")
                            .mode(Mode.JOB)
                            .args(List.of("exit 0"))
                            .sidecar(SidecarSpec.of("log", "ship:1", "sleep"))
                            .build()));
            fleet.runUntil(() ->
                    Objects.requireNonNull(fleet.deployment("sum").deployment().run())
                                    .phase()
                            == JobRun.Phase.COMPLETED);
            fleet.runUntil(() -> all(fleet).stream().noneMatch(it -> it.labels().containsKey(KnitLabels.PART)));
        }
    }
}
