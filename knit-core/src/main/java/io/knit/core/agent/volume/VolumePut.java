package io.knit.core.agent.volume;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ArchiveAbility;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ImageDisk;
import io.knit.api.spi.runtime.Intake;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeFilesAbility;
import io.knit.core.wire.asked.VolumeAsked;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts what came, and was unpacked whole in a volume beside, in the place of what is in a volume. Engines rename none: it is removed, made anew and copied into. That all had come is marked on the engine
 * by an empty volume, so that an agent that is started in the middle goes on. Each step may be done again. On the loop of streams.
 */
final class VolumePut {
    private final VolumeFiles files;
    private final String cluster;
    private final VolumeAsked asked;
    private final SlotVolumes slot;
    private final Promise<Void> abandoned = Promise.promise();
    private @Nullable Ongoing<?> copying;
    /** Of the disk, before anything came. */
    private ImageDisk before = ImageDisk.UNKNOWN;
    /** So many bytes of the disk are taken by what came, at most; 0: not known. */
    private long size;

    VolumePut(VolumeFiles files, String cluster, VolumeAsked asked) {
        this.files = files;
        this.cluster = cluster;
        this.asked = asked;
        this.slot = new SlotVolumes(cluster, files.node, asked.deployment(), asked.slot());
    }

    String target() {
        return slot.named(asked.name());
    }

    /** Where it is unpacked. No name of a spec's begins so. */
    String staging() {
        return slot.named("-coming." + asked.name());
    }

    /** There is this while what is in the target is being replaced. */
    String mark() {
        return slot.named("-came." + asked.name());
    }

    void use() {
        files.use(staging());
        files.use(mark());
    }

    boolean isOfSlot(ContainerSnapshot container) {
        return VolumeFiles.isOfSlot(container, asked);
    }

    /** Whether its slot moves: all that is put there is where it comes from, too. */
    boolean isMove() {
        return asked.isMove();
    }

    /** The volume is to go: nothing of it is to come to its place any more. */
    void abandon() {
        abandoned.tryComplete();
        if (copying != null) {
            copying.cancel();
        }
    }

    /** Succeeds when that is so. */
    Future<Void> abandoned() {
        return abandoned.future();
    }

    /** Fails if that is so. */
    Future<Void> requireWanted() {
        return abandoned.future().isComplete()
                ? Future.failedFuture(new KnitException(ErrorCode.CLOSED, "the volume is to go meanwhile"))
                : Future.succeededFuture();
    }

    /** Makes an empty staging volume, whatever is left of an earlier one. */
    Future<String> stage() {
        use();
        return removed(mark())
                .compose(gone -> removed(staging()))
                .compose(gone -> made(staging(), labels()))
                .compose(made -> files.disk())
                .map(disk -> {
                    before = disk;
                    return staging();
                });
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new HashMap<>(files.labels(cluster, asked));
        if (isMove()) {
            labels.put(KnitLabels.MOVE, "true");
        }
        return labels;
    }

    /**
     * All of it came: how much room it takes is known by what the disk has less, of which others may have taken a part.
     *
     * @param bytes of its tar
     */
    Future<Void> measure(long bytes) {
        return files.disk().map(now -> {
            size = before.bytes() == 0 || now.bytes() == 0
                    ? 0
                    : Math.min(bytes, Math.max(0, before.free() - now.free()));
            return null;
        });
    }

    /** Fails where it is known that there is no room for it a second time, once what is in the target is gone. */
    Future<Void> requireRoom() {
        return size == 0
                ? Future.succeededFuture()
                : files.disk()
                        .compose(disk -> disk.bytes() == 0 || disk.free() >= size
                                ? Future.<Void>succeededFuture()
                                : files.look(cluster, asked)
                                        .compose(there -> there.isPresent()
                                                ? read(target())
                                                : Future.succeededFuture(Read.NOTHING))
                                        // what can't be measured is tried
                                        .otherwise(new Read(0, size))
                                        .compose(old -> disk.free() + old.bytes() >= size
                                                ? Future.succeededFuture()
                                                : noRoom(disk)));
    }

    private Future<Void> noRoom(ImageDisk disk) {
        return Future.failedFuture(new KnitException(
                ErrorCode.RUNTIME_REFUSED,
                "there is no room for it twice on node " + files.node + ": it takes " + size
                        + " bytes beside the volume, and of its disk " + disk.free() + " are left"));
    }

    /** From here on it is finished, and not given up. Fails, with nothing changed, while a container has the target. */
    Future<Void> commit() {
        return made(mark(), labels())
                .compose(marked -> removed(target())
                        .recover(why -> files.loop
                                .bring(files.volumes().volumes(cluster))
                                .transform(seen -> {
                                    // what the engine did not refuse it may do yet
                                    boolean stays = seen.succeeded()
                                            && isRefusal(why)
                                            && seen.result().stream()
                                                    .anyMatch(it -> it.name().equals(target()));
                                    return stays ? Future.failedFuture(why) : Future.succeededFuture();
                                })));
    }

    private static boolean isRefusal(Throwable why) {
        return why instanceof KnitException known && known.code() == ErrorCode.RUNTIME_REFUSED;
    }

    /** What remains to be done after that. May be done again until {@link #giveUp}, by which what it is copied from goes. */
    Future<Void> copy() {
        Map<String, String> labels = slot.labels(asked.name());
        return removed(target())
                .compose(gone -> made(target(), labels))
                .compose(made -> reached(staging(), from -> reached(target(), to -> copy(from, to))));
    }

    /** What is in its place stays there from here on, whoever dies. */
    Future<Void> unmark() {
        return removed(mark());
    }

    /** Nothing is left of it, in its place neither. That goes first: what has a mark may be finished. */
    Future<Void> undo() {
        return removed(target()).compose(gone -> giveUp());
    }

    /** What is in its place already takes no room until it is copied anew; where it does not go, it goes then. */
    Future<Void> makeRoom() {
        return removed(target()).otherwiseEmpty();
    }

    /** Nothing is left of it but what is in its place. The mark goes first: what has one is finished. */
    Future<Void> giveUp() {
        return unmark().compose(gone -> removed(staging())).onSuccess(done -> {
            files.useNoMore(mark());
            files.useNoMore(staging());
        });
    }

    /** How many entries the volume gives that is in its place now. */
    Future<Long> count() {
        return read(target()).map(Read::entries);
    }

    /** What a volume gave. */
    private record Read(long entries, long bytes) {
        static final Read NOTHING = new Read(0, 0);
    }

    private Future<Read> read(String volume) {
        return reached(volume, container -> {
            TarCheck check = new TarCheck(VolumeFilesAbility.FOLDER.substring(1));
            long[] bytes = new long[1];
            Ongoing<Void> out = files.archives().read(container, VolumeFilesAbility.FOLDER, piece -> {
                try {
                    check.take(piece);
                    bytes[0] += piece.length;
                    return Future.succeededFuture();
                } catch (KnitException e) {
                    return Future.failedFuture(e);
                }
            });
            copying = out;
            return files.loop.bring(out.ended()).map(all -> {
                check.requireWhole();
                return new Read(check.entries(), bytes[0]);
            });
        });
    }

    private interface Step<T> {
        Future<T> with(String container);
    }

    private <T> Future<T> reached(String volume, Step<T> step) {
        return requireWanted()
                .compose(wanted -> files.reach(cluster, asked, volume))
                .compose(container -> requireWanted()
                        .compose(wanted -> step.with(container))
                        .eventually(() -> files.leave(container)));
    }

    private Future<Void> copy(String from, String to) {
        ArchiveAbility archives = files.archives();
        TarCheck check = new TarCheck(VolumeFilesAbility.FOLDER.substring(1));
        Intake<Void> in = archives.write(to, "/");
        Ongoing<Void> out = archives.read(from, VolumeFilesAbility.FOLDER, bytes -> {
            try {
                check.take(bytes);
            } catch (KnitException e) {
                return Future.failedFuture(e);
            }
            return in.write(bytes);
        });
        copying = out;
        return files.loop
                .bring(out.ended())
                .compose(all -> {
                    check.requireWhole();
                    copying = in;
                    in.endInput();
                    return files.loop.bring(in.ended());
                })
                .onFailure(why -> in.cancel());
    }

    private Future<Void> removed(String volume) {
        return files.loop.bring(files.volumes().removeVolume(volume));
    }

    private Future<Void> made(String volume, Map<String, String> labels) {
        return files.loop.bring(files.files().makeVolume(volume, labels));
    }
}
