package io.knit.core.agent.volume;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ArchiveAbility;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.Intake;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeFilesAbility;
import io.knit.core.wire.asked.VolumeAsked;
import io.vertx.core.Future;
import java.util.Map;

/**
 * Puts what came, and was unpacked whole in a volume beside, in the place of what is in a volume. Engines rename none: it is removed, made anew and copied into. That all had come is marked on the engine
 * by an empty volume, so that an agent that is started in the middle goes on. Each step may be done again. On the loop of streams.
 */
final class VolumePut {
    private final VolumeFiles files;
    private final String cluster;
    private final VolumeAsked asked;
    private final SlotVolumes slot;

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

    /** Makes an empty staging volume, whatever is left of an earlier one. */
    Future<String> stage() {
        use();
        return removed(mark())
                .compose(gone -> removed(staging()))
                .compose(gone -> made(staging(), files.labels(cluster, asked)))
                .map(staging());
    }

    /** From here on it is finished, and not given up. Fails, with nothing changed, while a container has the target. */
    Future<Void> commit() {
        return made(mark(), files.labels(cluster, asked))
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

    /** Nothing is left of it but what is in its place. The mark goes first: what has one is finished. */
    Future<Void> giveUp() {
        return removed(mark()).compose(gone -> removed(staging())).onSuccess(done -> {
            files.useNoMore(mark());
            files.useNoMore(staging());
        });
    }

    /** How many entries the volume gives that is in its place now. */
    Future<Long> count() {
        return reached(target(), container -> {
            TarCheck check = new TarCheck(VolumeFilesAbility.FOLDER.substring(1));
            Ongoing<Void> out = files.archives().read(container, VolumeFilesAbility.FOLDER, bytes -> {
                try {
                    check.take(bytes);
                    return Future.succeededFuture();
                } catch (KnitException e) {
                    return Future.failedFuture(e);
                }
            });
            return files.loop.bring(out.ended()).map(all -> {
                check.requireWhole();
                return check.entries();
            });
        });
    }

    private interface Step<T> {
        Future<T> with(String container);
    }

    private <T> Future<T> reached(String volume, Step<T> step) {
        return files.reach(cluster, asked, volume)
                .compose(container -> step.with(container).eventually(() -> files.leave(container)));
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
        return files.loop
                .bring(out.ended())
                .compose(all -> {
                    check.requireWhole();
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
