package io.knit.core.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.asked.TarSum;
import io.knit.core.wire.asked.VolumeAsked;
import io.knit.testkit.TarBytes;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots and restores on an engine that fails, by agents that die, in virtual time. */
class VolumeFilesSimulationTest extends VolumeScene {
    @Test
    @DisplayName("a snapshot has all, is what a restore takes, and leaves nothing")
    void snapshot() {
        begin();
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        Ongoing<TarSum> reading = agent.files.read("cluster-1", data, bytes -> {
            tar.writeBytes(bytes);
            return Future.succeededFuture();
        });
        settle(Duration.ofSeconds(5));
        assertThat(reading.ended().succeeded()).isTrue();
        assertThat(TarBytes.read(tar.toByteArray()).keySet()).isEqualTo(OLD.keySet());
        assertNothingLeft();
    }

    @Test
    @DisplayName("one that breaks off, or lacks its end, changes nothing, is told, and leaves nothing")
    void brokenOff() {
        begin();
        byte[] tar = tar(NEW);
        for (int count : List.of(0, 300, 1024, tar.length - 1024)) {
            for (boolean end : List.of(true, false)) {
                VolumeWrite write = send(tar, count, end);
                settle(Duration.ofSeconds(20));
                assertThat(code(write.ended())).isEqualTo(end ? "INVALID_VALUE" : "CLOSED");
                assertThat(content()).isEqualTo(OLD);
                assertNothingLeft();
            }
        }
    }

    @Test
    @DisplayName(
            "while a container of its slot is there, or another restore is under way, or where there is no such volume, it is refused")
    void refused() {
        begin();
        VolumeWrite first = agent.files.write("cluster-1", data);
        settle(Duration.ofSeconds(1));
        VolumeWrite second = send(tar(NEW), tar(NEW).length, true);
        settle(Duration.ofSeconds(1));
        assertThat(code(second.ended())).isEqualTo(ErrorCode.BUSY.name());
        first.cancel();
        settle(Duration.ofSeconds(5));
        assertThat(code(first.ended())).isEqualTo(ErrorCode.CLOSED.name());

        VolumeWrite nowhere = agent.files.write("cluster-1", new VolumeAsked("books", "1", "data"));
        settle(Duration.ofSeconds(5));
        assertThat(code(nowhere.ready())).isEqualTo(ErrorCode.NOT_FOUND.name());

        inUse(Map.of(KnitLabels.DEPLOYMENT, "books", KnitLabels.SLOT, "0", KnitLabels.INSTANCE, "books-0-a"));
    }

    @Test
    @DisplayName("so it is while a container of another deployment shares it")
    void shared() {
        begin();
        inUse(Map.of(
                KnitLabels.DEPLOYMENT, "web",
                KnitLabels.SLOT, "3",
                KnitLabels.INSTANCE, "web-3-a",
                KnitLabels.SHARES, "app,books"));
    }

    private void inUse(Map<String, String> labels) {
        Map<String, String> all = new TreeMap<>(labels);
        all.put(KnitLabels.CLUSTER, "cluster-1");
        engine.withImage("app:1");
        agent.runtime.create(
                new ContainerSpec("one", "app:1", List.of(), List.of(), Map.of(), all, List.of(), List.of()));
        settle(Duration.ofSeconds(1));
        VolumeWrite used = agent.files.write("cluster-1", data);
        settle(Duration.ofSeconds(5));
        assertThat(code(used.ready())).isEqualTo(ErrorCode.IN_USE.name());
        assertThat(content()).isEqualTo(OLD);
    }

    @Test
    @DisplayName(
            "no container is made with a volume while something is restored into it, nor before it is known whether that is so")
    void holds() {
        begin();
        DeploymentSpec spec = DeploymentSpec.builder("books", "app:1")
                .volume(VolumeSpec.named("data", "/data"))
                .build();
        Assignment order = new Assignment("books-0-a", "books", 1, 0, Order.RUN, spec, "hash", List.of());
        Agent fresh = new Agent();
        Future<Void> early = fresh.held.free(fresh.loop, "cluster-1", order);
        settle(Duration.ofSeconds(5));
        assertThat(early.isComplete()).isFalse();
        fresh.start();
        settle(Duration.ofSeconds(5));
        assertThat(early.succeeded()).isTrue();

        VolumeWrite write = agent.files.write("cluster-1", data);
        settle(Duration.ofSeconds(1));
        Future<Void> free = agent.held.free(agent.loop, "cluster-1", order);
        DeploymentSpec beside = DeploymentSpec.builder("books", "app:1")
                .sidecar(SidecarSpec.of("log", "ship:1").with(VolumeSpec.named("data", "/data")))
                .build();
        Future<Void> ofSidecar = agent.held.free(
                agent.loop,
                "cluster-1",
                new Assignment("books-0-a", "books", 1, 0, Order.RUN, beside, "hash", List.of()));
        settle(Duration.ofSeconds(30));
        assertThat(free.isComplete()).isFalse();
        assertThat(ofSidecar.isComplete()).isFalse();
        write.cancel();
        settle(Duration.ofSeconds(5));
        assertThat(free.succeeded()).isTrue();
        assertThat(ofSidecar.succeeded()).isTrue();
    }

    private boolean isMarked() {
        return engine.volumes().stream().anyMatch(it -> it.name().equals(slot.named("-came.data")));
    }

    @Test
    @DisplayName("a list of volumes that is older than the end of a restore is none of what was left of it")
    void oldList() {
        begin();
        engine.script().faults(call -> new EngineFault(EngineFault.Kind.NONE, Duration.ofMillis(500)));
        VolumeWrite write = send(tar(NEW), tar(NEW).length, true);
        while (!isMarked()) {
            settle(Duration.ofMillis(10));
        }
        agent.age = Duration.ofMinutes(1);
        agent.start();
        settle(Duration.ofMinutes(5));
        assertThat(write.ended().succeeded()).isTrue();
        assertThat(content()).isEqualTo(NEW);
        assertNothingLeft();
        assertThat(agent.held.isHeld(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000, 2200, 2400, 2600, 2800, 3000})
    @DisplayName("a restore that comes before an agent knows what one of before had begun takes nothing of that")
    void repeated(int after) {
        begin();
        engine.script().faults(call -> new EngineFault(EngineFault.Kind.NONE, Duration.ofMillis(300)));
        VolumeWrite write = send(tar(NEW), tar(NEW).length, true);
        while (!isMarked() && !write.ended().isComplete()) {
            settle(Duration.ofMillis(10));
        }
        settle(Duration.ofMillis(after));
        agent.kill();
        agent = new Agent();
        agent.age = Duration.ofSeconds(3);
        agent.start();
        VolumeWrite again = send(tar(NEW), 300, false);
        settle(Duration.ofMinutes(10));
        assertThat(again.ended().failed()).isTrue();
        assertThat(content()).isEqualTo(NEW);
        assertNothingLeft();
    }

    @Test
    @DisplayName("a container that does not go holds up nobody")
    void stuck() {
        begin();
        agent.kill();
        agent = new Agent();
        agent.runtime.reach(
                name,
                "knit-volume-left",
                Map.of(KnitLabels.CLUSTER, "cluster-1", KnitLabels.NODE, "n1", KnitLabels.WORK, "books/7/data"));
        settle(Duration.ofSeconds(1));
        engine.script()
                .faults(call -> call == EngineCall.REMOVE
                        ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                        : EngineFault.NONE);
        agent.start();
        settle(Duration.ofSeconds(5));
        DeploymentSpec spec = DeploymentSpec.builder("books", "app:1")
                .volume(VolumeSpec.named("data", "/data"))
                .build();
        Future<Void> free = agent.held.free(
                agent.loop,
                "cluster-1",
                new Assignment("books-0-a", "books", 1, 0, Order.RUN, spec, "hash", List.of()));
        settle(Duration.ofSeconds(5));
        assertThat(free.succeeded()).isTrue();
    }

    @Test
    @DisplayName("the container of a slot that is a node, whose label is a number, is one of its slot")
    void ofANode() {
        begin();
        SlotVolumes global = new SlotVolumes("cluster-1", "n1", "logs", "n1");
        agent.runtime.makeVolume(global.named("data"), global.labels("data"));
        engine.withImage("app:1");
        agent.runtime.create(new ContainerSpec(
                "logs-n1-a",
                "app:1",
                List.of(),
                List.of(),
                Map.of(),
                Map.of(
                        KnitLabels.CLUSTER, "cluster-1",
                        KnitLabels.NODE, "n1",
                        KnitLabels.DEPLOYMENT, "logs",
                        KnitLabels.SLOT, "0",
                        KnitLabels.INSTANCE, "logs-n1-a"),
                List.of(),
                List.of()));
        settle(Duration.ofSeconds(1));
        VolumeWrite write = agent.files.write("cluster-1", new VolumeAsked("logs", "n1", "data"));
        settle(Duration.ofSeconds(5));
        assertThat(code(write.ready())).isEqualTo(ErrorCode.IN_USE.name());
    }

    /** A snapshot that is taken at some moment. */
    private final class Taken {
        private final ByteArrayOutputStream tar = new ByteArrayOutputStream();
        private final Future<TarSum> ended = agent.files
                .read("cluster-1", data, bytes -> {
                    tar.writeBytes(bytes);
                    return Future.succeededFuture();
                })
                .ended();

        Map<String, String> content() {
            Map<String, String> content = new TreeMap<>();
            TarBytes.read(tar.toByteArray())
                    .forEach((path, bytes) -> content.put(path, new String(bytes, StandardCharsets.UTF_8)));
            return content;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_500, 3_300, 3_600, 3_900, 4_200, 5_000, 6_000, 6_600})
    @DisplayName(
            "a snapshot has all of the old or all of the new at whatever moment of a restore it is taken, also by the next agent; else the volume is busy")
    void whileItIsRestored(int killedAfter) {
        begin();
        engine.script()
                .faults(call -> new EngineFault(EngineFault.Kind.NONE, Duration.ofMillis(150)))
                .unpacking(volume -> Duration.ofSeconds(2));
        VolumeWrite write = send(tar(NEW), tar(NEW).length, true);
        settle(Duration.ofMillis(100));
        List<Taken> all = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            if (killedAfter > 0 && i * 50 == killedAfter) {
                agent.kill();
                agent = new Agent();
                queue.after(Duration.ofSeconds(1), agent::start);
            }
            all.add(new Taken());
            settle(Duration.ofMillis(50));
        }
        settle(Duration.ofMinutes(10));
        int whole = 0;
        for (Taken each : all) {
            if (each.ended.succeeded()) {
                whole++;
                assertThat(each.content()).isIn(OLD, NEW);
            } else if (each.ended.isComplete()) {
                assertThat(code(each.ended)).isEqualTo(ErrorCode.BUSY.name());
            }
        }
        assertThat(whole).isBetween(1, 599);
        assertThat(write.ended().succeeded())
                .as("a snapshot that is refused is in nobody's way")
                .isEqualTo(killedAfter == 0);
        assertNothingLeft();
    }

    @Test
    @DisplayName("one that was asked for just before a restore has no part of it")
    void asItIsRestored() {
        begin();
        engine.script().unpacking(volume -> volume.equals(name) ? Duration.ofSeconds(10) : Duration.ZERO);
        agent.age = Duration.ofSeconds(3);
        Taken taken = new Taken();
        agent.age = Duration.ZERO;
        VolumeWrite write = send(tar(NEW), tar(NEW).length, true);
        settle(Duration.ofSeconds(5));
        assertThat(write.ended().isComplete()).isFalse();
        assertThat(code(taken.ended)).isEqualTo(ErrorCode.BUSY.name());
        settle(Duration.ofMinutes(5));
        assertThat(content()).isEqualTo(NEW);
        assertNothingLeft();
    }

    private final List<String> freed = new ArrayList<>();
    private boolean frees;

    @Override
    void freed(Set<String> containers) {
        freed.addAll(containers);
        if (frees) {
            engine.containers().forEach(it -> agent.runtime.remove(it.id(), Duration.ZERO));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "a container of its slot that ended, and is kept, is let go of; where it does not go the restore is refused soon")
    void kept(boolean goes) {
        begin();
        engine.withImage("app:1");
        agent.runtime
                .create(new ContainerSpec(
                        "books-0-a",
                        "app:1",
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of(
                                KnitLabels.CLUSTER, "cluster-1",
                                KnitLabels.DEPLOYMENT, "books",
                                KnitLabels.SLOT, "0",
                                KnitLabels.INSTANCE, "books-0-a"),
                        List.of(),
                        List.of()))
                .onSuccess(agent.runtime::start)
                .onSuccess(made -> agent.loop.after(Duration.ofMillis(100), () -> engine.end(made, 1)));
        settle(Duration.ofSeconds(1));
        frees = goes;
        String kept = engine.containers().get(0).id();
        VolumeWrite write = send(tar(NEW), tar(NEW).length, true);
        settle(Duration.ofSeconds(20));
        assertThat(freed).isNotEmpty().containsOnly(kept);
        if (goes) {
            assertThat(write.ended().succeeded()).isTrue();
            assertThat(content()).isEqualTo(NEW);
        } else {
            assertThat(code(write.ended())).isEqualTo(ErrorCode.IN_USE.name());
            assertThat(content()).isEqualTo(OLD);
            assertThat(agent.held.isHeld(name)).isFalse();
        }
    }

    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 300);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName(
            "whatever the engine refuses, forgets or does late, and whenever the agent dies: the volume has all of the old or all of the new, and nothing is left")
    void oldOrNew(long seed) {
        begin();
        SplittableRandom random = new SplittableRandom(seed);
        engine.script().faults(call -> fault(random, call));
        VolumeWrite write = send(tar(NEW), tar(NEW).length, true);
        boolean told = false;
        for (int i = 0; i < 3; i++) {
            settle(Duration.ofMillis(random.nextInt(random.nextInt(4) == 0 ? 90_000 : 400)));
            told |= write.ended().succeeded();
            if (random.nextBoolean()) {
                agent.kill();
                agent = new Agent();
                agent.start();
            }
        }
        engine.script().faults(call -> EngineFault.NONE);
        settle(Duration.ofMinutes(10));
        told |= write.ended().succeeded();
        assertThat(content()).as("told that it is done: %s", told).isIn(told ? List.of(NEW) : List.of(OLD, NEW));
        assertNothingLeft();
        assertThat(agent.held.isHeld(name)).isFalse();
    }

    private static EngineFault fault(SplittableRandom random, EngineCall call) {
        Duration delay = Duration.ofMillis(random.nextInt(100));
        EngineFault.Kind[] kinds = EngineFault.Kind.values();
        EngineFault.Kind kind = random.nextInt(6) == 0 ? kinds[random.nextInt(kinds.length)] : EngineFault.Kind.NONE;
        return new EngineFault(kind, delay);
    }
}
