package io.knit.core.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.runtime.ImageDisk;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.VolumeRemoval;
import io.knit.testkit.runtime.EngineFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is put into a volume whose engine can't take it, or that is to go meanwhile, in virtual time. */
class ComingVolumesSimulationTest extends VolumeScene {
    private static final VolumeRemoval GOES = new VolumeRemoval("books", "0", "data", 1);

    private int copies;
    private final List<VolumeRemoval> gone = new ArrayList<>();
    private boolean full;

    /** From here on it is known when something was copied into the volume, which has no room while {@link #full}. */
    private void watch(Duration time) {
        engine.script().full(volume -> full && volume.equals(name)).unpacking(volume -> {
            if (volume.equals(name)) {
                copies++;
                return time;
            }
            return Duration.ZERO;
        });
    }

    private void restart() {
        agent.kill();
        agent = new Agent();
        agent.start();
    }

    private boolean isMarked() {
        return engine.volumes().stream().anyMatch(it -> it.name().equals(slot.named("-came.data")));
    }

    private VolumeWrite move() {
        return send(data.moving(), tar(NEW), tar(NEW).length, true);
    }

    private void assertNothingAtAll() {
        assertThat(engine.containers()).isEmpty();
        assertThat(engine.volumes()).isEmpty();
        assertThat(agent.held.isHeld(name)).isFalse();
    }

    @Test
    @DisplayName(
            "a slot that moves to where its volume has no room is tried once; nothing of it is left, and the next may come")
    void moveWithoutRoom() {
        agent.start();
        settle(Duration.ofSeconds(5));
        full = true;
        watch(Duration.ZERO);
        VolumeWrite write = move();
        settle(Duration.ofSeconds(5));
        assertThat(write.ended().cause()).hasMessageContaining("no space left on device");
        assertNothingAtAll();
        settle(Duration.ofMinutes(10));
        assertThat(copies).isEqualTo(1);
        full = false;
        VolumeWrite again = move();
        settle(Duration.ofSeconds(5));
        assertThat(again.ended().result().readBack()).isEqualTo(NEW.size());
        assertThat(content()).isEqualTo(NEW);
        assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "what moves is tried once more by an agent that is started in the middle of it: then it is whole, or nothing is left")
    void moveByTheNextAgent(boolean room) {
        agent.start();
        settle(Duration.ofSeconds(5));
        full = !room;
        watch(Duration.ofMinutes(1));
        VolumeWrite write = move();
        while (copies == 0) {
            settle(Duration.ofMillis(10));
        }
        restart();
        settle(Duration.ofMinutes(10));
        assertThat(write.ended().succeeded()).isFalse();
        assertThat(copies).isEqualTo(2);
        if (room) {
            assertThat(content()).isEqualTo(NEW);
            assertNothingLeft();
            assertThat(agent.held.isHeld(name)).isFalse();
        } else {
            assertNothingAtAll();
        }
    }

    @Test
    @DisplayName(
            "what is restored is tried ever later, takes no room meanwhile, and is in its place when there is room")
    void restoreWithoutRoom() {
        begin();
        full = true;
        watch(Duration.ZERO);
        VolumeWrite write = send(tar(NEW), tar(NEW).length, true);
        settle(Duration.ofSeconds(5));
        assertThat(write.ended().cause()).hasMessageContaining("the agent goes on until it is");
        assertThat(content()).as("a part of it").isEmpty();
        settle(Duration.ofHours(1));
        assertThat(content()).isEmpty();
        assertThat(copies).isBetween(10, 20);
        assertThat(agent.held.isHeld(name)).isTrue();
        full = false;
        settle(Duration.ofMinutes(10));
        assertThat(content()).isEqualTo(NEW);
        assertNothingLeft();
        assertThat(agent.held.isHeld(name)).isFalse();
    }

    private void goes() {
        GoingVolumes going = new GoingVolumes(
                agent.loop,
                agent.listing,
                "n1",
                agent.held,
                Duration.ofSeconds(3),
                agent.files::abandon,
                told -> told.stream().filter(it -> !gone.contains(it)).forEach(gone::add));
        agent.loop.execute(() -> {
            going.joined("cluster-1");
            going.adopt(AssignmentSet.of(7, List.of()).removing(List.of(GOES)));
        });
    }

    private void assertGone() {
        for (int i = 0; i < 120 && gone.isEmpty(); i++) {
            settle(Duration.ofSeconds(1));
        }
        assertThat(gone).containsExactly(GOES);
        assertNothingAtAll();
        settle(Duration.ofMinutes(10));
        assertNothingAtAll();
    }

    @Test
    @DisplayName("a volume that is to go is not held by what comes into it: that is broken off")
    void goesWhileItComes() {
        begin();
        VolumeWrite open = agent.files.write("cluster-1", data);
        settle(Duration.ofSeconds(1));
        goes();
        assertGone();
        assertThat(open.ended().cause()).hasMessageContaining("the volume is to go");
    }

    @Test
    @DisplayName("nor by what is being put in its place, whose engine takes long over it")
    void goesWhileItIsReplaced() {
        begin();
        watch(Duration.ofHours(5));
        VolumeWrite write = send(tar(NEW), tar(NEW).length, true);
        settle(Duration.ofSeconds(5));
        assertThat(isMarked()).isTrue();
        goes();
        assertGone();
        assertThat(write.ended().failed()).isTrue();
    }

    @Test
    @DisplayName("nor by what an agent of before began")
    void goesWithTheNextAgent() {
        begin();
        full = true;
        watch(Duration.ZERO);
        send(tar(NEW), tar(NEW).length, true);
        settle(Duration.ofMinutes(20));
        restart();
        settle(Duration.ofMinutes(20));
        goes();
        assertGone();
    }

    private static IntStream moments() {
        return IntStream.rangeClosed(0, 40).map(i -> i * 150);
    }

    @ParameterizedTest
    @MethodSource("moments")
    @DisplayName(
            "it is told that it is gone at no moment of a restore at which it is made anew, by whichever list and agent")
    void toldGone(int after) {
        for (boolean next : List.of(false, true)) {
            for (int age : List.of(0, 1_000, 3_000)) {
                gone.clear();
                begin();
                engine.script().faults(call -> new EngineFault(EngineFault.Kind.NONE, Duration.ofMillis(300)));
                send(tar(NEW), tar(NEW).length, true);
                settle(Duration.ofMillis(after));
                if (next) {
                    restart();
                }
                agent.age = Duration.ofMillis(age);
                goes();
                assertGone();
                engine.script().faults(call -> EngineFault.NONE);
                agent.age = Duration.ZERO;
            }
        }
    }

    @Test
    @DisplayName(
            "nor does what an agent asked for as it died bring it back, which the engine does after the next one has looked")
    void lateMark() {
        begin();
        restart();
        settle(Duration.ofSeconds(1));
        Map<String, String> work =
                Map.of(KnitLabels.CLUSTER, "cluster-1", KnitLabels.NODE, "n1", KnitLabels.WORK, "books/0/data");
        agent.runtime.makeVolume(slot.named("-coming.data"), work);
        agent.runtime.makeVolume(slot.named("-came.data"), work);
        goes();
        settle(Duration.ofMinutes(5));
        assertThat(gone).containsExactly(GOES);
        assertNothingAtAll();
    }

    /** So many bytes are on the engine's disk. */
    private ImageDisk disk(long bytes) {
        long used = engine.volumes().stream()
                .flatMap(volume -> engine.filesOf(volume.name()).values().stream())
                .mapToLong(file -> file.length)
                .sum();
        return new ImageDisk(bytes, Math.max(0, bytes - used));
    }

    @Test
    @DisplayName(
            "where there is no room for it twice, and that is known, nothing is changed; what goes with it makes room")
    void knownRoom() {
        begin();
        Map<String, String> large = Map.of("volume/large", "x".repeat(60_000));
        engine.imagesOn(() -> disk(100_000));
        VolumeWrite write = send(tar(large), tar(large).length, true);
        settle(Duration.ofMinutes(1));
        assertThat(write.ended().cause()).hasMessageContaining("there is no room for it twice on node n1");
        assertThat(content()).isEqualTo(OLD);
        assertNothingLeft();

        engine.writeTo(name, "/more", new byte[30_000]);
        engine.imagesOn(() -> disk(130_000));
        VolumeWrite again = send(tar(large), tar(large).length, true);
        settle(Duration.ofMinutes(1));
        assertThat(again.ended().succeeded()).isTrue();
        assertThat(content()).isEqualTo(large);
        assertNothingLeft();
    }
}
