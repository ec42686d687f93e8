package io.knit.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.AgentTiming;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.NodeState;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.store.StoredDocument;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.sim.host.SimulatedHost;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills at planned places, where the random runs hardly look: what must not happen to a container that runs already. */
class FleetScenarioTest {
    private static final int DEPLOYMENTS = 10;
    static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Predicate<Map<String, String>> KNITS = labels -> labels.containsKey(KnitLabels.INSTANCE);

    /** Of {@value #ALL}, others each day; {@code -Dknit.sim.moments=40} has all. */
    private static final int MOMENTS = Integer.getInteger("knit.sim.moments", 10);

    private static final int ALL = 40;

    static LongStream moments() {
        return moments(LocalDate.now(ZoneOffset.UTC), MOMENTS);
    }

    /** So many from where those of the day before ended, and on from the first behind the last. */
    static LongStream moments(LocalDate day, int count) {
        return LongStream.range(0, Math.min(count, ALL)).map(i -> Math.floorMod(day.toEpochDay() * count + i, ALL) + 1);
    }

    @Test
    @DisplayName("whatever the day, each moment's turn comes")
    void eachTurnComes() {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        assertThat(LongStream.range(0, 4).flatMap(i -> moments(today.plusDays(i), 10)))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, ALL).boxed().toList());
        assertThat(moments(today, ALL)).doesNotHaveDuplicates().hasSize(ALL);
    }

    static void play(long seed, Consumer<SimulatedFleet> scenario) throws IOException {
        play(seed, true, scenario);
    }

    /** @param mixed whether agents of the first release may be among them */
    static void play(long seed, boolean mixed, Consumer<SimulatedFleet> scenario) throws IOException {
        try (FileSystem disks = ClusterSimulation.disks()) {
            SimulatedFleet fleet = new SimulatedFleet(seed, disks, AgentTiming.DEFAULT, mixed);
            try {
                scenario.accept(fleet);
            } catch (RuntimeException e) {
                throw fleet.failure(e, "");
            }
        }
    }

    /** Asks until it is granted, as a user does whose server dies under the request. */
    static void deploy(SimulatedFleet fleet, DeploymentSpec spec) {
        fleet.queue().after(Duration.ofMillis(400), () -> {
            if (!fleet.wishes()
                    .settled()
                    .getOrDefault(spec.name(), Optional.empty())
                    .isPresent()) {
                deploy(fleet, spec);
            }
        });
        if (fleet.server().running().isEmpty() || fleet.wishes().isOpen(spec.name())) {
            return;
        }
        fleet.wishes().asked(spec.name(), Optional.of(spec));
        fleet.server()
                .command(
                        server -> server.deploy(spec),
                        (view, failure) -> fleet.wishes()
                                .answered(spec.name(), failure, fleet.server().snapshot()));
    }

    private static DeploymentSpec spec(int number) {
        return DeploymentSpec.builder("app-" + number, "app:1")
                .port(81)
                .template(RandomSpecs.TEMPLATE_DESTINATION, "{{ deployment.name }} {{ instance.id }}")
                .build();
    }

    private static void deployAll(SimulatedFleet fleet) {
        for (int i = 0; i < DEPLOYMENTS; i++) {
            DeploymentSpec spec = spec(i);
            fleet.queue().after(Duration.ofMillis(4000 + fleet.random().nextInt(1500)), () -> deploy(fleet, spec));
        }
    }

    static long count(SimulatedFleet fleet, EngineEvent.Kind kind) {
        return fleet.hosts().stream()
                .mapToLong(host -> host.engine().history().count(kind, KNITS))
                .sum();
    }

    private static void settleWithAll(SimulatedFleet fleet) {
        fleet.queue().runFor(Duration.ofSeconds(8));
        fleet.settle(PATIENCE);
        assertThat(fleet.wishes().settled()).hasSize(DEPLOYMENTS);
    }

    @ParameterizedTest(name = "moment {0}")
    @MethodSource("moments")
    @DisplayName("kill -9 of server or agents during ten deployments: all run once each, none was restarted for it")
    void killed(long seed) throws IOException {
        play(seed, fleet -> {
            AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
            Runnable kill = kill(fleet);
            fleet.start(() -> {
                if (left.getAndDecrement() == 0) {
                    kill.run();
                }
            });
            deployAll(fleet);
            fleet.queue().runFor(Duration.ofMillis(4000));
            left.set(fleet.random().nextInt(350));
            settleWithAll(fleet);
            assertThat(left).as("events until the kill").hasNegativeValue();
            assertThat(count(fleet, EngineEvent.Kind.STARTED)).isEqualTo(DEPLOYMENTS);
            assertThat(count(fleet, EngineEvent.Kind.CREATED)).isEqualTo(DEPLOYMENTS);
            assertThat(count(fleet, EngineEvent.Kind.ENDED)).isZero();
        });
    }

    private static Runnable kill(SimulatedFleet fleet) {
        Duration away = Duration.ofMillis(fleet.random().nextInt(3000));
        if (fleet.random().nextBoolean()) {
            return () -> {
                fleet.server().kill();
                fleet.queue().after(away, fleet.server()::start);
            };
        }
        return () -> fleet.hosts().forEach(host -> {
            host.kill();
            fleet.queue().after(away, host::start);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("kill -9 of an engine, whose next start ends its containers: each runs again, once")
    void engineKilled(long seed) throws IOException {
        play(seed, fleet -> {
            fleet.start(() -> {});
            deployAll(fleet);
            settleWithAll(fleet);
            fleet.hosts().forEach(host -> {
                host.engine().kill();
                fleet.queue().after(Duration.ofMillis(fleet.random().nextInt(9000)), host.engine()::start);
            });
            fleet.queue().runFor(Duration.ofSeconds(10));
            fleet.settle(PATIENCE);
            assertThat(count(fleet, EngineEvent.Kind.STARTED)).isEqualTo(2 * DEPLOYMENTS);
            assertThat(count(fleet, EngineEvent.Kind.CREATED)).isEqualTo(DEPLOYMENTS);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("a host reboots while the server is away: its agent runs again what it ran")
    void rebootWithoutServer(long seed) throws IOException {
        play(seed, fleet -> {
            fleet.start(() -> {});
            deployAll(fleet);
            settleWithAll(fleet);
            fleet.server().kill();
            fleet.hosts().forEach(host -> {
                host.kill();
                host.engine().kill();
                fleet.queue().after(Duration.ofSeconds(5), host.engine()::start);
                fleet.queue().after(Duration.ofSeconds(6), host::start);
            });
            fleet.queue().runFor(Duration.ofMinutes(1));
            assertThat(fleet.hosts())
                    .flatExtracting(host -> host.engine().containers())
                    .filteredOn(container -> KNITS.test(container.labels()))
                    .hasSize(DEPLOYMENTS)
                    .allMatch(container -> container.state() == ContainerState.RUNNING);
            fleet.server().start();
            fleet.queue().runFor(Duration.ofSeconds(5));
            fleet.settle(PATIENCE);
            assertThat(count(fleet, EngineEvent.Kind.STARTED)).isEqualTo(2 * DEPLOYMENTS);
        });
    }

    private static boolean anyDown(SimulatedFleet fleet) {
        return fleet.server().snapshot().stream()
                .flatMap(snapshot -> snapshot.nodes().stream())
                .anyMatch(node -> node.state() == NodeState.DOWN);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("moments")
    @DisplayName("a server that stood still judges no node by its own absence")
    void paused(long seed) throws IOException {
        play(seed, fleet -> {
            fleet.start(() -> {});
            deployAll(fleet);
            settleWithAll(fleet);
            fleet.queue().runFor(Duration.ofMillis(fleet.random().nextInt(7_000)));
            fleet.server().pause();
            fleet.queue().runFor(Duration.ofMillis(fleet.random().nextInt(65_000)));
            fleet.server().resume();
            assertThat(fleet.queue().runUntil(() -> anyDown(fleet), Duration.ofSeconds(30)))
                    .as("a node was judged down")
                    .isFalse();
            fleet.settle(PATIENCE);
            assertThat(count(fleet, EngineEvent.Kind.STARTED)).isEqualTo(DEPLOYMENTS);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("a server whose clock is set judges no node by the jump, and one that falls silent later as ever")
    void clockSet(long seed) throws IOException {
        play(seed, fleet -> {
            fleet.start(() -> {});
            deployAll(fleet);
            settleWithAll(fleet);
            fleet.queue().runFor(Duration.ofMillis(fleet.random().nextInt(7_000)));
            fleet.server().setClock(Duration.ofHours(seed % 2 == 0 ? 1 : -1));
            assertThat(fleet.queue().runUntil(() -> anyDown(fleet), Duration.ofSeconds(30)))
                    .as("a node was judged down")
                    .isFalse();
            assertThat(count(fleet, EngineEvent.Kind.STARTED)).isEqualTo(DEPLOYMENTS);
            SimulatedHost victim = fleet.hosts().get(0);
            victim.kill();
            assertThat(fleet.queue().runUntil(() -> anyDown(fleet), Duration.ofSeconds(15)))
                    .as("a silent node was judged down")
                    .isTrue();
            victim.start();
            fleet.queue().runFor(Duration.ofSeconds(5));
            fleet.settle(PATIENCE);
        });
    }

    /** A task of this length begins that often; whatever else is due waits behind it. */
    private static void keepBusy(SimulatedFleet fleet, Duration task, Duration every) {
        Instant[] next = {fleet.queue().now()};
        fleet.server().slow(() -> {
            Instant now = fleet.queue().now();
            if (now.isBefore(next[0])) {
                return Duration.ofMillis(fleet.random().nextInt(5));
            }
            next[0] = now.plus(every);
            return task;
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName(
            "a server that is busy for most of the time finds out all the same that a node is down, and no other is")
    void busy(long seed) throws IOException {
        Duration task = Duration.ofMillis(2_500);
        play(seed, fleet -> {
            fleet.start(() -> {});
            deployAll(fleet);
            settleWithAll(fleet);
            keepBusy(fleet, task, task.plusSeconds(1));
            fleet.queue().runFor(Duration.ofSeconds(30));
            assertThat(anyDown(fleet)).as("a node was judged down").isFalse();
            SimulatedHost victim = fleet.hosts().get(0);
            victim.kill();
            // down after 12 s and 1 s more, by a timer and a commit that each wait behind such a task
            assertThat(fleet.queue()
                            .runUntil(
                                    () -> anyDown(fleet), Duration.ofSeconds(13).plus(task.multipliedBy(2))))
                    .as("a silent node was judged down")
                    .isTrue();
            fleet.server().slow(() -> Duration.ZERO);
            victim.start();
            fleet.queue().runFor(Duration.ofSeconds(5));
            fleet.settle(PATIENCE);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("moments")
    @DisplayName(
            "a server restored from a backup of any moment: its nodes follow it, and nothing is left of what came later")
    void restored(long seed) throws IOException {
        play(seed, fleet -> {
            fleet.start(() -> {});
            deployAll(fleet);
            fleet.queue().runFor(Duration.ofMillis(4_000 + fleet.random().nextInt(3_000)));
            List<StoredDocument> backup = fleet.server().storage().documents();
            settleWithAll(fleet);
            for (int i = 0; i < 4; i++) {
                deploy(
                        fleet,
                        DeploymentSpec.builder("app-" + i, "app:2").port(81).build());
                deploy(fleet, DeploymentSpec.builder("late-" + i, "app:1").build());
            }
            fleet.queue().runFor(Duration.ofSeconds(8));
            fleet.settle(PATIENCE);
            fleet.server().kill();
            fleet.server().storage().restore(backup);
            fleet.wishes().restored();
            fleet.server().start();
            fleet.queue().runFor(Duration.ofSeconds(8));
            fleet.settle(Duration.ofSeconds(30));
            assertThat(fleet.wishes().settled().keySet()).noneMatch(name -> name.startsWith("late"));
            // and it is obeyed as ever
            deploy(fleet, DeploymentSpec.builder("app-after", "app:1").build());
            fleet.queue().runFor(Duration.ofSeconds(2));
            fleet.settle(PATIENCE);
            assertThat(fleet.wishes().settled()).containsKey("app-after");
        });
    }
}
