package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.DisconnectSpec.Reconcile;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NodeState;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.sim.host.SimulatedHost;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A node and its server do not hear each other, for a while. */
class DisconnectScenarioTest {
    private static DeploymentSpec web(
            @Nullable Duration replaceAfter, @Nullable Duration stopAfter, Reconcile reconcile) {
        return DeploymentSpec.builder("web", "web:1")
                .disconnect(new DisconnectSpec(replaceAfter, stopAfter, reconcile))
                .build();
    }

    private static Instance only(SimulatedFleet fleet) {
        assertThat(fleet.deployment("web").instances()).hasSize(1);
        return fleet.deployment("web").instances().get(0);
    }

    private static void requireNode(SimulatedFleet fleet, String node, NodeState state) {
        assertThat(fleet.orchestrator().node(node).orElseThrow().state()).isEqualTo(state);
    }

    private static void untilReplaced(SimulatedFleet fleet, String original) {
        fleet.runUntil(() -> fleet.deployment("web").instances().stream()
                .anyMatch(it -> !it.id().equals(original) && it.isHealthy()));
    }

    @Test
    @DisplayName(
            "replace_after outlives a server that ends, counts the time for which one was there, and grants a whole interval after its start")
    void deadline() {
        try (SimulatedFleet fleet = SimulatedFleet.of(2)) {
            fleet.deploy(web(Duration.ofMinutes(2), null, Reconcile.NEWEST_HEALTHY));
            Instance original = only(fleet);
            String node = Objects.requireNonNull(original.node());
            fleet.killAgent(node);
            Instant silent = fleet.queue().now();
            fleet.runFor(Duration.ofSeconds(30));
            requireNode(fleet, node, NodeState.DOWN);
            assertThat(only(fleet)).isEqualTo(original);
            fleet.server().kill();
            fleet.runFor(Duration.ofMinutes(10));
            fleet.server().start();
            fleet.runFor(Duration.ofSeconds(85));
            assertThat(only(fleet).state()).as("30 s and 85 s of 120 s").isEqualTo(InstanceState.RUNNING);
            untilReplaced(fleet, original.id());
            // of the time that was served at most 15 s count twice, and a start grants 12 s
            assertThat(Duration.between(silent, fleet.queue().now()).minusMinutes(10))
                    .isBetween(Duration.ofSeconds(118), Duration.ofSeconds(120 + 15 + 12 + 6));
        }
    }

    @Test
    @DisplayName("a server that is started when the wait is nearly over gives the node a whole interval to be heard")
    void grantsAnInterval() {
        try (SimulatedFleet fleet = SimulatedFleet.of(2)) {
            fleet.deploy(web(Duration.ofMinutes(1), null, Reconcile.NEWEST_HEALTHY));
            Instance original = only(fleet);
            fleet.killAgent(Objects.requireNonNull(original.node()));
            fleet.runFor(Duration.ofSeconds(55));
            fleet.server().kill();
            fleet.runFor(Duration.ofSeconds(20));
            fleet.server().start();
            fleet.runFor(Duration.ofSeconds(11));
            assertThat(only(fleet).state()).isEqualTo(InstanceState.RUNNING);
            fleet.startAgent(Objects.requireNonNull(original.node()));
            fleet.runFor(Duration.ofMinutes(2));
            assertThat(only(fleet).id()).isEqualTo(original.id());
        }
    }

    @ParameterizedTest
    @EnumSource(Reconcile.class)
    @DisplayName("when the node is back the one that is to stay does, and its container is not touched")
    void reconciles(Reconcile reconcile) {
        try (SimulatedFleet fleet = SimulatedFleet.of(2)) {
            fleet.deploy(web(null, null, reconcile));
            Instance original = only(fleet);
            String node = Objects.requireNonNull(original.node());
            fleet.bus().cut(node);
            untilReplaced(fleet, original.id());
            fleet.bus().heal(node);
            fleet.runFor(Duration.ofMinutes(1));
            boolean keeps = reconcile == Reconcile.KEEP_ORIGINAL;
            assertThat(only(fleet).id().equals(original.id())).isEqualTo(keeps);
            assertThat(only(fleet).isHealthy()).isTrue();
            assertThat(only(fleet).restarts()).isZero();
        }
    }

    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 12);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName(
            "where stop_after and the stop's grace fit into replace_after, no slot is ever filled twice, however the two lose each other")
    void neverTwo(long seed) {
        try (SimulatedFleet fleet = SimulatedFleet.of(3)) {
            DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                    .replicas(3)
                    .disconnect(new DisconnectSpec(
                            Duration.ofSeconds(45), Duration.ofSeconds(20), Reconcile.values()[(int) (seed % 2)]))
                    .build();
            fleet.deploy(spec);
            SplittableRandom random = new SplittableRandom(seed);
            for (int turn = 0; turn < 3; turn++) {
                SimulatedHost host = fleet.hosts().get(random.nextInt(3));
                boolean cut = random.nextBoolean();
                boolean fromIt = random.nextBoolean();
                if (cut) {
                    fleet.bus().cut(host.name());
                } else {
                    fleet.network().silence(host.name(), fromIt, !fromIt || random.nextBoolean());
                }
                pass(fleet, Duration.ofSeconds(5 + random.nextInt(115)));
                fleet.bus().heal(host.name());
                fleet.network().hear(host.name());
                pass(fleet, Duration.ofSeconds(random.nextInt(60)));
            }
            pass(fleet, Duration.ofMinutes(2));
            assertThat(fleet.deployment("web").healthy()).isEqualTo(3);
        }
    }

    private static void pass(SimulatedFleet fleet, Duration time) {
        Instant end = fleet.queue().now().plus(time);
        while (fleet.queue().now().isBefore(end)) {
            fleet.runFor(Duration.ofMillis(250));
            Map<String, String> filled = new HashMap<>();
            for (SimulatedHost host : fleet.hosts()) {
                host.engine().containers().stream()
                        .filter(container -> container.state() == ContainerState.RUNNING)
                        .forEach(container -> {
                            String instance = String.valueOf(container.labels().get(KnitLabels.INSTANCE));
                            String slot = String.valueOf(container.labels().get(KnitLabels.SLOT));
                            assertThat(filled.put(slot, instance))
                                    .as("beside %s in slot %s", instance, slot)
                                    .isNull();
                        });
            }
        }
    }
}
