package io.knit.testkit.sim;

import static io.knit.testkit.sim.FleetScenarioTest.PATIENCE;
import static io.knit.testkit.sim.FleetScenarioTest.deploy;
import static io.knit.testkit.sim.FleetScenarioTest.play;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.api.model.VolumeView;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.testkit.sim.host.SimulatedHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Slots that move with their volumes, while servers and agents die in the middle of it and messages are lost. */
class MovedVolumesScenarioTest {
    private static final int FILES = 12;

    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 12);
    }

    /** One slot with data on a node, and another node for it. */
    private static final class Scene {
        final SimulatedFleet fleet;
        final String cluster;
        final SimulatedHost from;
        final SimulatedHost to;
        final Map<String, String> data = new TreeMap<>();
        final int volumes;
        boolean watching = true;

        Scene(SimulatedFleet fleet) {
            this(
                    fleet,
                    DeploymentSpec.builder("db", "app:1")
                            .volume(VolumeSpec.named("data", "/data"))
                            .build());
        }

        Scene(SimulatedFleet fleet, DeploymentSpec spec) {
            this.fleet = fleet;
            fleet.start(() -> {});
            fleet.queue().runFor(Duration.ofSeconds(4));
            deploy(fleet, spec);
            fleet.queue().runFor(Duration.ofSeconds(8));
            fleet.settle(PATIENCE);
            String home = Objects.requireNonNull(one().node());
            from = host(home);
            to = fleet.hosts().stream()
                    .filter(host -> !host.name().equals(home))
                    .findFirst()
                    .orElseThrow();
            cluster = fleet.server().snapshot().orElseThrow().cluster();
            for (int i = 0; i < FILES; i++) {
                String text = ("file " + i + " ").repeat(1 + fleet.random().nextInt(1_500));
                from.engine().writeTo(volumeOn(from), "/f" + i, text.getBytes(StandardCharsets.UTF_8));
                data.put("/f" + i, text);
            }
            volumes = known().size();
            watch();
        }

        SimulatedHost host(String name) {
            return fleet.hosts().stream()
                    .filter(host -> host.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        Instance one() {
            return fleet.server().snapshot().orElseThrow().deployments().stream()
                    .flatMap(it -> it.instances().stream())
                    .filter(Instance::isLive)
                    .findFirst()
                    .orElseThrow();
        }

        String volumeOn(SimulatedHost host) {
            return volumeOn(host, "data");
        }

        String volumeOn(SimulatedHost host, String name) {
            return new SlotVolumes(cluster, host.name(), "db", "0").named(name);
        }

        Map<String, String> content(SimulatedHost host) {
            Map<String, String> content = new TreeMap<>();
            host.engine()
                    .filesOf(volumeOn(host))
                    .forEach((path, bytes) -> content.put(path, new String(bytes, StandardCharsets.UTF_8)));
            return content;
        }

        /** By names and lengths: it is looked at often. */
        boolean isWhole(SimulatedHost host) {
            Map<String, byte[]> there = host.engine().filesOf(volumeOn(host));
            return there.keySet().equals(data.keySet())
                    && there.entrySet().stream()
                            .allMatch(it -> it.getValue().length
                                    == Objects.requireNonNull(data.get(it.getKey()))
                                            .length());
        }

        List<VolumeView> known() {
            return fleet.server().running().orElseThrow().volumes(Caller.PROGRAM);
        }

        List<ContainerSnapshot> containers(SimulatedHost host) {
            return host.engine().containers().stream()
                    .filter(it -> it.labels().containsKey(KnitLabels.INSTANCE))
                    .toList();
        }

        boolean isUnderWay() {
            return fleet.server().running().isPresent() && known().stream().anyMatch(it -> it.move() != null);
        }

        boolean isCopying() {
            return fleet.server().running().isPresent()
                    && known().stream().map(VolumeView::move).anyMatch(it -> it != null && it.copying());
        }

        /** Whether something of a copy lies there. */
        boolean isWorkOn(SimulatedHost host) {
            return host.engine().volumes().stream().anyMatch(it -> it.labels().containsKey(KnitLabels.WORK));
        }

        /** Whether all of it came, and what was there before is being replaced. */
        boolean isMarkedOn(SimulatedHost host) {
            return host.engine().volumes().stream()
                            .filter(it -> it.labels().containsKey(KnitLabels.WORK))
                            .count()
                    > 1;
        }

        /** The node whose records hold the slot. */
        List<String> holding() {
            return known().stream()
                    .filter(it -> it.volume().isInForce())
                    .filter(it -> it.move() == null
                            || it.move().from().equals(it.volume().node()))
                    .map(VolumeView::volume)
                    .map(SlotVolume::node)
                    .distinct()
                    .toList();
        }

        /** What must be so at each moment. */
        void watch() {
            List<SimulatedHost> running = fleet.hosts().stream()
                    .filter(host -> host.engine().containers().stream()
                            .anyMatch(it -> it.labels().containsKey(KnitLabels.INSTANCE)
                                    && it.state() == ContainerState.RUNNING))
                    .toList();
            assertThat(running).as("hosts on which it runs").hasSizeLessThanOrEqualTo(1);
            for (SimulatedHost host : running) {
                assertThat(isWhole(host))
                        .as("what runs on %s has all of the data", host.name())
                        .isTrue();
            }
            if (fleet.server().running().isPresent()) {
                assertThat(holding()).as("nodes that hold the slot").hasSize(1);
            }
            if (watching) {
                fleet.queue().after(Duration.ofMillis(50), this::watch);
            }
        }

        /** As a user does whose server dies under the request; also one that is refused is over. */
        void move() {
            boolean[] done = new boolean[1];
            for (int i = 0; i < 200 && !done[0]; i++) {
                fleet.server()
                        .command(
                                server -> server.run(new Command.MoveSlot("db", "0", to.name()), Caller.PROGRAM),
                                (view, failure) -> done[0] |= view != null);
                fleet.queue().runFor(Duration.ofMillis(200));
            }
            assertThat(done[0]).as("the move was taken").isTrue();
        }

        void end(boolean moved) {
            fleet.network().calm();
            for (int i = 0; i < 300 && isUnderWay(); i++) {
                fleet.queue().runFor(Duration.ofSeconds(1));
            }
            assertThat(isUnderWay()).isFalse();
            fleet.queue().runFor(Duration.ofSeconds(60));
            fleet.settle(PATIENCE);
            watching = false;
            SimulatedHost home = moved ? to : from;
            assertThat(one().node())
                    .as(
                            "where it is, after %s",
                            fleet.server().running().orElseThrow().eventsAfter(0).stream()
                                    .filter(it -> it.type().startsWith("volume."))
                                    .map(KnitEvent::message)
                                    .toList())
                    .isEqualTo(home.name());
            assertThat(holding()).containsExactly(home.name());
            assertThat(content(home)).isEqualTo(data);
            assertThat(content(from)).as("what was there before").isEqualTo(data);
            List<SlotVolume> all = known().stream().map(VolumeView::volume).toList();
            if (moved) {
                assertThat(all)
                        .filteredOn(it -> it.movedTo() != null)
                        .singleElement()
                        .matches(it -> it.node().equals(from.name()));
            } else {
                assertThat(all).hasSize(volumes).allMatch(it -> it.node().equals(from.name()));
                assertThat(to.engine().volumes()).noneMatch(it -> it.name().equals(volumeOn(to)));
            }
            assertNothingLeft(from);
            assertNothingLeft(to);
        }

        private void assertNothingLeft(SimulatedHost host) {
            assertThat(host.engine().volumes()).noneMatch(it -> it.labels().containsKey(KnitLabels.WORK));
            assertThat(host.engine().containers()).noneMatch(it -> it.labels().containsKey(KnitLabels.WORK));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("a slot moves with all of its data, the old copy stays until it is removed, and it moves back then")
    void moves(long seed) throws IOException {
        play(seed, false, fleet -> {
            Scene scene = new Scene(fleet);
            scene.move();
            scene.end(true);
            fleet.server()
                    .command(
                            server -> server.run(
                                    new Command.RemoveVolume("db", "0", "data", scene.from.name()), Caller.PROGRAM),
                            (view, failure) -> assertThat(failure).isNull());
            fleet.queue().runFor(Duration.ofSeconds(20));
            assertThat(scene.from.engine().volumes()).noneMatch(it -> it.name().equals(scene.volumeOn(scene.from)));
            assertThat(scene.known()).hasSize(1);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("what a sidecar alone has moves as well")
    void ofASidecar(long seed) throws IOException {
        play(seed, false, fleet -> {
            DeploymentSpec spec = DeploymentSpec.builder("db", "app:1")
                    .sidecar(SidecarSpec.of("log", "ship:1").with(VolumeSpec.named("data", "/data")))
                    .build();
            Scene scene = new Scene(fleet, spec);
            scene.move();
            scene.end(true);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName(
            "whoever is killed at whatever moment of it, and whatever is lost, it ends on one of the two nodes with all of its data")
    void killed(long seed) throws IOException {
        play(seed, false, fleet -> {
            Scene scene = new Scene(fleet);
            scene.move();
            if (seed % 3 == 0) {
                fleet.network().weather(0.02, 0.05, 0.05);
            }
            fleet.queue().runFor(Duration.ofMillis(fleet.random().nextInt(seed % 2 == 0 ? 120 : 1_500)));
            switch ((int) (seed % 4)) {
                case 0 -> {
                    fleet.server().kill();
                    fleet.queue().runFor(Duration.ofMillis(200 + fleet.random().nextInt(15_000)));
                    fleet.server().start();
                }
                case 1 -> restart(scene, scene.from);
                case 2 -> restart(scene, scene.to);
                default -> {
                    fleet.server().kill();
                    scene.to.kill();
                    fleet.queue().runFor(Duration.ofMillis(200 + fleet.random().nextInt(3_000)));
                    fleet.server().start();
                    scene.to.start();
                }
            }
            fleet.queue().runFor(Duration.ofSeconds(20));
            boolean known = fleet.server().running().isPresent();
            assertThat(known).isTrue();
            fleet.network().calm();
            for (int i = 0; i < 300 && scene.isUnderWay(); i++) {
                fleet.queue().runFor(Duration.ofSeconds(1));
            }
            scene.end(scene.holding().equals(List.of(scene.to.name())));
        });
    }

    /** How far a move is when somebody is killed. */
    private enum Phase {
        STOPPING(scene -> scene.isUnderWay() && !scene.isCopying()),
        BEGINNING(scene -> scene.isCopying() && !scene.isWorkOn(scene.to)),
        COPYING(scene -> scene.isCopying() && scene.isWorkOn(scene.to)),
        REPLACING(scene -> scene.isCopying() && scene.isMarkedOn(scene.to)),
        MOVED(scene -> !scene.isUnderWay() && scene.holding().equals(List.of(scene.to.name())));

        final Predicate<Scene> here;

        Phase(Predicate<Scene> here) {
            this.here = here;
        }
    }

    private enum Victim {
        SERVER,
        SOURCE,
        TARGET
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("io.knit.testkit.sim.MovedVolumesScenarioTest#cases")
    @DisplayName("in each phase of a move the server, or an agent at either end, may be killed")
    void killedIn(Phase phase, Victim victim) throws IOException {
        long seed = 100 + 10L * phase.ordinal() + victim.ordinal();
        play(seed, false, fleet -> {
            Scene scene = new Scene(fleet);
            fleet.server()
                    .command(
                            server -> server.run(new Command.MoveSlot("db", "0", scene.to.name()), Caller.PROGRAM),
                            (view, failure) -> assertThat(failure).isNull());
            assertThat(fleet.queue().runUntil(() -> phase.here.test(scene), Duration.ofSeconds(60)))
                    .as("the phase was hit")
                    .isTrue();
            switch (victim) {
                case SERVER -> {
                    fleet.server().kill();
                    fleet.queue().runFor(Duration.ofSeconds(5));
                    fleet.server().start();
                    fleet.queue().runUntil(() -> fleet.server().running().isPresent(), Duration.ofSeconds(60));
                }
                case SOURCE -> restart(scene, scene.from);
                default -> restart(scene, scene.to);
            }
            for (int i = 0; i < 300 && scene.isUnderWay(); i++) {
                fleet.queue().runFor(Duration.ofSeconds(1));
            }
            boolean moved = scene.holding().equals(List.of(scene.to.name()));
            if (victim == Victim.SERVER || phase == Phase.MOVED) {
                assertThat(moved).as("who leads next goes on with it").isTrue();
            }
            scene.end(moved);
        });
    }

    private static Stream<Arguments> cases() {
        return Stream.of(Phase.values())
                .flatMap(phase -> Stream.of(Victim.values()).map(victim -> Arguments.of(phase, victim)));
    }

    private static void restart(Scene scene, SimulatedHost host) {
        host.kill();
        scene.fleet.queue().runFor(Duration.ofMillis(200 + scene.fleet.random().nextInt(30_000)));
        host.start();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName(
            "where the other node goes down in the middle, the slot runs where it was, and what came there goes when it is back")
    void targetDown(long seed) throws IOException {
        play(seed, false, fleet -> {
            Scene scene = new Scene(fleet);
            scene.move();
            fleet.queue().runFor(Duration.ofMillis(fleet.random().nextInt(150)));
            boolean late = !scene.isUnderWay();
            scene.to.kill();
            fleet.queue().runFor(Duration.ofSeconds(90));
            late |= scene.holding().equals(List.of(scene.to.name()));
            if (!late) {
                assertThat(scene.one().node()).isEqualTo(scene.from.name());
            }
            scene.to.start();
            scene.end(late);
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName(
            "where the other node has no room for the volume in its place the slot runs where it was, and nothing fills that node any more")
    void noRoom(long seed) throws IOException {
        play(seed, false, fleet -> {
            Scene scene = new Scene(fleet);
            int[] copies = new int[1];
            scene.to.engine().script().full(volume -> volume.equals(scene.volumeOn(scene.to)));
            scene.to.engine().script().unpacking(volume -> {
                copies[0] += volume.equals(scene.volumeOn(scene.to)) ? 1 : 0;
                return Duration.ZERO;
            });
            scene.move();
            if (seed % 2 == 0) {
                fleet.queue().runUntil(() -> copies[0] > 0, Duration.ofSeconds(60));
                restart(scene, scene.to);
            }
            scene.end(false);
            int before = copies[0];
            assertThat(before).isBetween(1, 6);
            fleet.queue().runFor(Duration.ofMinutes(5));
            assertThat(copies[0]).isEqualTo(before);
        });
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Victim.class)
    @DisplayName(
            "a node that takes minutes to put the volume in its place is waited for, also by the server that leads next")
    void slowEngine(Victim victim) throws IOException {
        play(300 + victim.ordinal(), false, fleet -> {
            Scene scene = new Scene(fleet);
            boolean[] slow = {true};
            scene.to.engine().script().unpacking(volume -> {
                boolean first = slow[0] && volume.equals(scene.volumeOn(scene.to));
                slow[0] &= !first;
                return first ? Duration.ofMinutes(3) : Duration.ZERO;
            });
            scene.move();
            assertThat(fleet.queue().runUntil(() -> !slow[0], Duration.ofSeconds(60)))
                    .isTrue();
            switch (victim) {
                case SERVER -> {
                    fleet.server().kill();
                    fleet.queue().runFor(Duration.ofSeconds(5));
                    fleet.server().start();
                    fleet.queue().runUntil(() -> fleet.server().running().isPresent(), Duration.ofSeconds(60));
                }
                case SOURCE -> {}
                default -> {
                    scene.to.kill();
                    fleet.queue().runFor(Duration.ofSeconds(2));
                    scene.to.start();
                }
            }
            scene.end(true);
        });
    }

    @Test
    @DisplayName(
            "a node that is busy for long is waited for, but not for ever: the slot runs where it was, and why is said")
    void busyForLong() throws IOException {
        play(310, false, fleet -> {
            Scene scene = new Scene(fleet);
            boolean[] begun = new boolean[1];
            scene.to.engine().script().unpacking(volume -> {
                begun[0] |= volume.equals(scene.volumeOn(scene.to));
                return volume.equals(scene.volumeOn(scene.to)) ? Duration.ofMinutes(60) : Duration.ZERO;
            });
            scene.move();
            assertThat(fleet.queue().runUntil(() -> begun[0], Duration.ofSeconds(60)))
                    .isTrue();
            anotherServer(fleet);
            fleet.queue().runFor(Duration.ofMinutes(40));
            assertThat(scene.isUnderWay()).as("it is waited for").isTrue();
            assertThat(fleet.queue().runUntil(() -> !scene.isUnderWay(), Duration.ofMinutes(10)))
                    .as("it ends")
                    .isTrue();
            assertThat(movedBack(fleet)).contains("is being restored already");
            fleet.queue().runFor(Duration.ofSeconds(30));
            assertThat(scene.containers(scene.from))
                    .singleElement()
                    .matches(it -> it.state() == ContainerState.RUNNING);
            fleet.queue().runFor(Duration.ofMinutes(20));
            scene.end(false);
        });
    }

    @Test
    @DisplayName("where a node is busy with the second volume the first is not copied again and again")
    void busyWithTheSecond() throws IOException {
        play(311, false, fleet -> {
            DeploymentSpec spec = DeploymentSpec.builder("db", "app:1")
                    .volume(VolumeSpec.named("data", "/data"))
                    .volume(VolumeSpec.named("log", "/log"))
                    .build();
            Scene scene = new Scene(fleet, spec);
            int[] copies = new int[2];
            scene.to.engine().script().unpacking(volume -> {
                copies[0] += volume.equals(scene.volumeOn(scene.to)) ? 1 : 0;
                boolean second = volume.equals(scene.volumeOn(scene.to, "log"));
                copies[1] += second ? 1 : 0;
                return second ? Duration.ofMinutes(20) : Duration.ZERO;
            });
            scene.move();
            assertThat(fleet.queue().runUntil(() -> copies[1] > 0, Duration.ofSeconds(60)))
                    .isTrue();
            anotherServer(fleet);
            assertThat(fleet.queue().runUntil(() -> !scene.isUnderWay(), Duration.ofMinutes(10)))
                    .as("it ends")
                    .isTrue();
            assertThat(copies[0]).as("once, and for each try after it").isBetween(2, 4);
            assertThat(movedBack(fleet)).contains("is being restored already");
            fleet.queue().runFor(Duration.ofMinutes(20));
            scene.end(false);
        });
    }

    private static void anotherServer(SimulatedFleet fleet) {
        fleet.server().kill();
        fleet.queue().runFor(Duration.ofSeconds(5));
        fleet.server().start();
        assertThat(fleet.queue().runUntil(() -> fleet.server().running().isPresent(), Duration.ofSeconds(60)))
                .isTrue();
    }

    private static String movedBack(SimulatedFleet fleet) {
        return fleet.server().running().orElseThrow().eventsAfter(0).stream()
                .filter(it -> it.type().equals("volume.moved_back"))
                .map(KnitEvent::message)
                .findFirst()
                .orElse("");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName(
            "a container that failed and is kept for people to look at does not hold its slot: it goes when that moves")
    void keptFailed(long seed) throws IOException {
        play(seed, false, fleet -> {
            DeploymentSpec spec = DeploymentSpec.builder("db", "app:1")
                    .volume(VolumeSpec.named("data", "/data"))
                    .keepFailed(1)
                    .build();
            Scene scene = new Scene(fleet, spec);
            String failed = scene.containers(scene.from).get(0).id();
            scene.from.engine().end(failed, 1);
            deploy(
                    fleet,
                    DeploymentSpec.builder("db", "app:2")
                            .volume(VolumeSpec.named("data", "/data"))
                            .keepFailed(1)
                            .build());
            fleet.queue().runFor(Duration.ofSeconds(20));
            fleet.settle(PATIENCE);
            assertThat(scene.containers(scene.from))
                    .hasSize(2)
                    .anyMatch(it -> it.id().equals(failed));
            scene.move();
            scene.end(true);
            assertThat(scene.containers(scene.from)).isEmpty();
        });
    }
}
