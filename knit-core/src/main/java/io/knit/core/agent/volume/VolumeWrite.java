package io.knit.core.agent.volume;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.Intake;
import io.knit.api.spi.runtime.VolumeFilesAbility;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.core.wire.asked.VolumeAsked;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tar on its way into a volume: it is unpacked beside that, and put in its place when all of it came. Until then nothing that is in the volume is touched; from then on it is finished, whether or not
 * anybody waits for it. On the loop of streams.
 */
public final class VolumeWrite implements Intake<Void> {
    private final VolumeFiles files;
    private final HeldVolumes held;
    private final String cluster;
    private final VolumeAsked asked;
    private final VolumePut put;
    private final TarCheck check = new TarCheck(VolumeFilesAbility.FOLDER.substring(1));
    private final Promise<Void> ready = Promise.promise();
    private final Promise<Void> allCame = Promise.promise();
    private final Promise<Void> ended = Promise.promise();
    private @Nullable Intake<Void> unpacking;

    VolumeWrite(VolumeFiles files, HeldVolumes held, String cluster, VolumeAsked asked) {
        this.files = files;
        this.held = held;
        this.cluster = cluster;
        this.asked = asked;
        this.put = new VolumePut(files, cluster, asked);
    }

    VolumeWrite begin() {
        prepare()
                .compose(staging -> receive(staging).recover(why -> giveUp(why)))
                .compose(all -> replace())
                .onFailure(ready::tryFail)
                .onComplete(ended);
        return this;
    }

    /** Succeeds when it takes bytes. */
    public Future<Void> ready() {
        return ready.future();
    }

    /** Gives the volume beside. */
    private Future<String> prepare() {
        return files.find(cluster, asked)
                .compose(this::requireOwn)
                .compose(own -> files.loop.bring(files.runtime.snapshot(cluster)))
                .compose(seen -> requireUnused(
                        seen.containers().stream().filter(put::isOfSlot).findFirst()))
                .compose(unused -> held.hold(put.target())
                        ? put.stage().recover(why -> giveUp(why))
                        : Future.failedFuture(new KnitException(
                                ErrorCode.BUSY, "the volume is being restored already; try again when that is over")));
    }

    private Future<Void> requireOwn(VolumeSnapshot volume) {
        return volume.elsewhere()
                ? Future.failedFuture(new KnitException(
                        ErrorCode.RUNTIME_REFUSED,
                        "what is in this volume is not with the engine of node " + files.node
                                + ": it is a share, or of a driver of the host's; restore it where it is kept"))
                : Future.succeededFuture();
    }

    private Future<Void> requireUnused(Optional<ContainerSnapshot> user) {
        return user.isEmpty()
                ? Future.succeededFuture()
                : Future.failedFuture(new KnitException(
                        ErrorCode.IN_USE,
                        "the container " + user.get().name() + " of its slot is still on node " + files.node
                                + "; restore it when that is gone. Nothing was changed"));
    }

    private Future<Void> receive(String staging) {
        return files.reach(cluster, asked, staging)
                .compose(container -> receiveBy(container).eventually(() -> files.leave(container)));
    }

    private Future<Void> receiveBy(String container) {
        if (allCame.future().failed()) {
            return allCame.future();
        }
        Intake<Void> begun = files.archives().write(container, "/");
        unpacking = begun;
        allCame.future().onFailure(why -> begun.cancel());
        ready.tryComplete();
        Future<Void> unpacked = files.loop.bring(begun.ended());
        return Future.all(unpacked, allCame.future()).compose(both -> {
            check.requireWhole();
            return Future.succeededFuture();
        });
    }

    private <T> Future<T> giveUp(Throwable why) {
        return files.giveUp(put).transform(done -> Future.failedFuture(why));
    }

    private Future<Void> replace() {
        return put.commit()
                .recover(why -> giveUp(why))
                .compose(gone -> put.copy().compose(done -> files.giveUp(put)).recover(why -> {
                    files.finishLater(put);
                    return Future.failedFuture(new KnitException(
                            ErrorCode.RUNTIME_REFUSED,
                            "all of it is on node " + files.node
                                    + ", and is not in its place yet; the agent goes on until it is, and starts nothing with the volume before: "
                                    + why.getMessage(),
                            why));
                }));
    }

    @Override
    public Future<Void> write(byte[] bytes) {
        Intake<Void> into = unpacking;
        if (into == null) {
            return Future.failedFuture(new KnitException(ErrorCode.CLOSED, "it takes nothing yet"));
        }
        try {
            check.take(bytes);
        } catch (KnitException e) {
            allCame.tryFail(e);
            return Future.failedFuture(e);
        }
        return into.write(bytes);
    }

    @Override
    public void endInput() {
        if (unpacking != null) {
            unpacking.endInput();
        }
        try {
            check.requireWhole();
            allCame.tryComplete();
        } catch (KnitException e) {
            allCame.tryFail(e);
        }
    }

    /** Ends it if not all has come. */
    @Override
    public void cancel() {
        allCame.tryFail(new KnitException(
                ErrorCode.CLOSED, "it was broken off before all of it came; the volume is as it was"));
    }

    @Override
    public Future<Void> ended() {
        return ended.future();
    }
}
