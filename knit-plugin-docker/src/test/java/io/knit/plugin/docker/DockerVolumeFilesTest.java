package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.spi.runtime.Intake;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.core.agent.volume.HeldVolumes;
import io.knit.core.agent.volume.VolumeFiles;
import io.knit.core.agent.volume.VolumeWrite;
import io.knit.core.loop.VertxLoop;
import io.knit.core.wire.asked.TarSum;
import io.knit.core.wire.asked.VolumeAsked;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Snapshots and restores, as an agent makes them, on a real engine. */
@RequiresDocker
class DockerVolumeFilesTest {
    private static final int LARGE = 50 << 20;
    private static final int PIECE = 32 * 1024;
    private static final long TIME = 1_700_000_000_000L;

    private final String run =
            "snap-" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final SlotVolumes slot = new SlotVolumes(run, "n1", run, "0");
    private final VolumeAsked data = new VolumeAsked(run, "0", "data");
    private final DockerRuntime runtime =
            new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults());
    private final Vertx vertx = Vertx.vertx();
    private final VertxLoop loop = new VertxLoop(vertx);
    private final AtomicInteger ids = new AtomicInteger();
    /** Stands for another engine: nothing of the one is seen by the other. */
    private final String there = "b" + run;

    private VolumeFiles files = files();

    private VolumeFiles files() {
        VolumeFiles begun = new VolumeFiles(
                loop,
                runtime,
                "n1",
                new HeldVolumes("n1"),
                containers -> {},
                length -> run.substring(5) + ids.incrementAndGet());
        loop.execute(() -> begun.joined(run));
        return begun;
    }

    @BeforeEach
    void makeVolume() {
        await(runtime.makeVolume(slot.named("data"), slot.labels("data")));
    }

    @AfterEach
    void removeAll() {
        await(runtime.snapshot(run)).containers().forEach(it -> await(runtime.remove(it.id(), Duration.ZERO)));
        await(runtime.volumes(run)).forEach(it -> await(runtime.removeVolume(it.name())));
        await(runtime.snapshot(there)).containers().forEach(it -> await(runtime.remove(it.id(), Duration.ZERO)));
        await(runtime.volumes(there)).forEach(it -> await(runtime.removeVolume(it.name())));
        await(runtime.close());
        await(vertx.close());
    }

    /** What tells one entry from another. */
    private record Entry(String name, char type, int mode, long user, long group, long time, String link, long sum) {
        static Entry of(TarArchiveEntry entry, byte[] content) {
            CRC32 sum = new CRC32();
            sum.update(content);
            return new Entry(
                    entry.getName(),
                    (char) entry.getLinkFlag(),
                    entry.getMode() & 07777,
                    entry.getLongUserId(),
                    entry.getLongGroupId(),
                    entry.getModTime().getTime(),
                    entry.getLinkName(),
                    sum.getValue());
        }
    }

    private static List<Entry> entries(byte[] tar) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.add(Entry.of(entry, in.readAllBytes()));
            }
        }
        return entries;
    }

    private static final class Packed {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

        Packed() {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        }

        Packed add(String name, byte type, int mode, int user, String link, byte[] content) throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name, type);
            entry.setMode(mode);
            entry.setIds(user, user + 1);
            entry.setModTime(TIME);
            entry.setLinkName(link);
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
            return this;
        }

        Packed file(String name, String text) throws IOException {
            return add("volume/" + name, TarConstants.LF_NORMAL, 0640, 999, "", text.getBytes());
        }

        byte[] bytes() throws IOException {
            tar.close();
            return bytes.toByteArray();
        }
    }

    private static byte[] all() throws IOException {
        byte[] large = new byte[LARGE];
        new Random(1).nextBytes(large);
        byte[] none = new byte[0];
        return new Packed()
                .add("volume/", TarConstants.LF_DIR, 0700, 999, "", none)
                .add("volume/deep/", TarConstants.LF_DIR, 01777, 7, "", none)
                .add("volume/deep/" + "long".repeat(50), TarConstants.LF_NORMAL, 0600, 8, "", "x".getBytes())
                .add("volume/empty", TarConstants.LF_NORMAL, 0444, 0, "", none)
                .add("volume/large", TarConstants.LF_NORMAL, 0640, 999, "", large)
                .add("volume/link", TarConstants.LF_SYMLINK, 0777, 12, "/etc/no/such", none)
                .add("volume/pipe", TarConstants.LF_FIFO, 0600, 13, "", none)
                .add("volume/tool", TarConstants.LF_NORMAL, 04755, 14, "", "#!/bin/sh".getBytes())
                .bytes();
    }

    private byte[] snapshot() {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        await(begun(() -> files.read(run, data, bytes -> {
                    tar.writeBytes(bytes);
                    return Future.succeededFuture();
                }))
                .ended());
        return tar.toByteArray();
    }

    private <T extends Ongoing<?>> T begun(Callable<T> begin) {
        Promise<T> begun = Promise.promise();
        loop.execute(() -> {
            try {
                begun.complete(begin.call());
            } catch (Exception e) {
                begun.fail(e);
            }
        });
        return await(begun.future());
    }

    private VolumeWrite writing() {
        VolumeWrite write = begun(() -> files.write(run, data));
        await(write.ready());
        return write;
    }

    private void send(Intake<?> to, byte[] tar, int from, int until) {
        for (int at = from; at < until; at += PIECE) {
            byte[] piece = Arrays.copyOfRange(tar, at, Math.min(until, at + PIECE));
            Promise<Void> sent = Promise.promise();
            loop.execute(() -> to.write(piece).onComplete(sent));
            await(sent.future());
        }
    }

    private Future<Void> restore(byte[] tar) {
        VolumeWrite write = writing();
        send(write, tar, 0, tar.length);
        loop.execute(write::endInput);
        return write.ended().mapEmpty();
    }

    /** What was made to reach it. */
    private List<String> left() {
        List<String> left = new ArrayList<>();
        await(runtime.snapshot(run)).containers().forEach(it -> left.add(it.name()));
        await(runtime.volumes(run)).stream()
                .map(VolumeSnapshot::name)
                .filter(it -> !it.equals(slot.named("data")))
                .forEach(left::add);
        return left;
    }

    @Test
    @DisplayName(
            "what is restored is what was in the snapshot: owners, modes, times, links, also of the volume's own folder, and 50 MB")
    void roundTrip() throws IOException {
        assertThat(entries(snapshot())).extracting(Entry::name).containsExactly("volume/");
        await(restore(new Packed().file("old", "goes").bytes()));
        byte[] tar = all();
        await(restore(tar));
        byte[] taken = snapshot();
        assertThat(entries(taken)).containsExactlyElementsOf(entries(tar));
        assertThat(await(runtime.volumes(run)))
                .containsExactly(new VolumeSnapshot(slot.named("data"), slot.labels("data")));
        assertThat(left()).isEmpty();
        await(restore(taken));
        assertThat(entries(snapshot())).isEqualTo(entries(taken));
    }

    @Test
    @DisplayName("one that breaks off in the middle, or ends too early, changes nothing, and leaves nothing")
    void broken() throws IOException {
        await(restore(new Packed().file("kept", "stays").bytes()));
        byte[] tar = all();
        VolumeWrite write = writing();
        send(write, tar, 0, tar.length / 2);
        loop.execute(write::cancel);
        assertThat(failure(write.ended())).hasMessageContaining("the volume is as it was");

        VolumeWrite early = writing();
        // between two entries, where an engine takes it for all
        send(early, tar, 0, 1024);
        loop.execute(early::endInput);
        assertThat(failure(early.ended())).hasMessageContaining("not whole");

        VolumeWrite other = writing();
        byte[] elsewhere = new Packed()
                .add("etc/x", TarConstants.LF_NORMAL, 0600, 0, "", new byte[0])
                .bytes();
        loop.execute(() -> other.write(elsewhere));
        assertThat(failure(other.ended())).hasMessageContaining("not of its folder");

        assertThat(entries(snapshot())).extracting(Entry::name).containsExactly("volume/", "volume/kept");
        assertThat(left()).isEmpty();
    }

    @Test
    @DisplayName("while anything has the volume, also past Knit, it is refused, and stays as it is")
    void inUse() throws IOException {
        await(restore(new Packed().file("kept", "stays").bytes()));
        String user = await(runtime.reach(slot.named("data"), run + "-user", Map.of()));
        try {
            assertThat(failure(restore(all())).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
            assertThat(entries(snapshot())).extracting(Entry::name).containsExactly("volume/", "volume/kept");
            assertThat(left()).isEmpty();
        } finally {
            await(runtime.remove(user, Duration.ZERO));
        }
    }

    @Test
    @DisplayName(
            "an agent that is started after another died in the middle clears up, and finishes what had come whole")
    void afterACrash() throws IOException {
        await(restore(new Packed().file("kept", "stays").bytes()));
        Map<String, String> work =
                Map.of(KnitLabels.CLUSTER, run, KnitLabels.NODE, "n1", KnitLabels.WORK, run + "/0/data");
        String staging = slot.named("-coming.data");
        await(runtime.makeVolume(staging, work));
        await(runtime.reach(staging, run + "-left", work));
        loop.execute(files::stop);
        files = files();
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> left().isEmpty());
        assertThat(entries(snapshot())).extracting(Entry::name).containsExactly("volume/", "volume/kept");

        // all of it had come, and what was before was just removed
        await(runtime.makeVolume(staging, work));
        await(runtime.makeVolume(slot.named("-came.data"), work));
        String into = await(runtime.reach(staging, run + "-left", work));
        Intake<?> unpacking = runtime.write(into, "/");
        byte[] tar = new Packed().file("new", "came").bytes();
        unpacking.write(tar);
        unpacking.endInput();
        await(unpacking.ended());
        await(runtime.removeVolume(slot.named("data")));
        loop.execute(files::stop);
        files = files();
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> left().isEmpty());
        assertThat(entries(snapshot()))
                .extracting(Entry::name)
                .contains("volume/new")
                .doesNotContain("volume/kept");
    }

    @Test
    @DisplayName(
            "a slot that moves has all of it on the other node, where there was no volume: both say the same sums, and as much is read back")
    void moved() throws IOException {
        await(restore(all()));
        List<Entry> before = entries(snapshot());
        VolumeFiles other = new VolumeFiles(
                loop,
                runtime,
                "n-other",
                new HeldVolumes("n-other"),
                containers -> {},
                length -> UUID.randomUUID().toString());
        loop.execute(() -> other.joined(there));
        VolumeWrite write = begun(() -> other.write(there, data.moving()));
        await(write.ready());
        Ongoing<TarSum> read = begun(() -> files.read(run, data.moving(), write::write));
        TarSum given = await(read.ended());
        loop.execute(write::endInput);
        TarSum taken = await(write.ended());
        assertThat(given.entries()).isEqualTo(before.size());
        assertThat(taken).isEqualTo(given.readBack(given.entries()));

        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        await(begun(() -> other.read(there, data, bytes -> {
                    tar.writeBytes(bytes);
                    return Future.succeededFuture();
                }))
                .ended());
        assertThat(entries(tar.toByteArray())).isEqualTo(before);
        assertThat(entries(snapshot())).as("the old copy").isEqualTo(before);

        VolumeWrite same = begun(() -> other.write(run, data.moving()));
        assertThat(failure(same.ready())).hasMessageContaining("nothing moves from an engine to itself");
        assertThat(entries(snapshot())).isEqualTo(before);
    }

    @Test
    @DisplayName("who has enough of a snapshot is given no more, and nothing is left")
    void enough() throws IOException {
        await(restore(all()));
        int[] pieces = {0};
        Ongoing<TarSum> reading = begun(() -> files.read(run, data, bytes -> {
            pieces[0]++;
            return Promise.<Void>promise().future();
        }));
        Awaitility.await().until(() -> pieces[0] == 1);
        reading.cancel();
        failure(reading.ended());
        assertThat(pieces[0]).isEqualTo(1);
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> left().isEmpty());
    }
}
