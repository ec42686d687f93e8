package io.knit.core.agent.volume;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.Intake;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.core.wire.asked.TarSum;
import io.knit.core.wire.asked.VolumeAsked;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A tar on its way into a volume: it is unpacked beside that, and put in its place when all of it came. Until then nothing that is in the volume is touched; from then on it is finished, whether or not
 * anybody waits for it. On the loop of streams.
 */
public final class VolumeWrite implements Intake<TarSum> {
    private final VolumeFiles files;
    private final HeldVolumes held;
    private final String cluster;
    private final VolumeAsked asked;
    private final VolumePut put;
    private final TarTally tally = new TarTally();
    private final Promise<Void> ready = Promise.promise();
    private final Promise<TarSum> allCame = Promise.promise();
    private final Promise<TarSum> ended = Promise.promise();
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
                .compose(all -> replace().compose(done -> readBack(all)))
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
        // what an agent of before was putting in its place is the only whole copy of it
        return files.loop
                .bring(held.known())
                .compose(looked -> files.look(cluster, asked))
                .compose(found -> found.isEmpty() && asked.isMove()
                        ? requireNoOther()
                        : files.there(found).compose(this::requireOwn))
                .compose(own -> files.unused(cluster, asked))
                .compose(unused -> held.hold(put.target())
                        ? put.stage().recover(why -> giveUp(why))
                        : Future.failedFuture(new KnitException(
                                ErrorCode.BUSY, "the volume is being restored already; try again when that is over")));
    }

    /** Two nodes of one engine would have one volume: it would be replaced by its own copy. */
    private Future<Void> requireNoOther() {
        return files.loop
                .bring(files.volumes().volumes(cluster))
                .compose(all -> all.stream().noneMatch(it -> it.name().equals(put.target()))
                        ? Future.succeededFuture()
                        : Future.failedFuture(new KnitException(
                                ErrorCode.NOT_FOUND,
                                "the engine of node " + files.node + " has a volume " + put.target()
                                        + " that is another node's; nothing moves from an engine to itself")));
    }

    private Future<Void> requireOwn(VolumeSnapshot volume) {
        return volume.elsewhere()
                ? Future.failedFuture(new KnitException(
                        ErrorCode.RUNTIME_REFUSED,
                        "what is in this volume is not with the engine of node " + files.node
                                + ": it is a share, or of a driver of the host's; restore it where it is kept"))
                : Future.succeededFuture();
    }

    private Future<TarSum> receive(String staging) {
        return files.reach(cluster, asked, staging)
                .compose(container -> receiveBy(container).eventually(() -> files.leave(container)));
    }

    private Future<TarSum> receiveBy(String container) {
        if (allCame.future().failed()) {
            return allCame.future();
        }
        Intake<Void> begun = files.archives().write(container, "/");
        unpacking = begun;
        allCame.future().onFailure(why -> begun.cancel());
        ready.tryComplete();
        Future<Void> unpacked = files.loop.bring(begun.ended());
        return Future.all(unpacked, allCame.future())
                .map(both -> allCame.future().result());
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

    /** Of a slot that moves: an engine says nothing of what it left out. */
    private Future<TarSum> readBack(TarSum came) {
        return asked.isMove() ? put.count().map(came::readBack) : Future.succeededFuture(came);
    }

    @Override
    public Future<Void> write(byte[] bytes) {
        Intake<Void> into = unpacking;
        if (into == null) {
            return Future.failedFuture(new KnitException(ErrorCode.CLOSED, "it takes nothing yet"));
        }
        try {
            tally.take(bytes);
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
            allCame.tryComplete(tally.whole());
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
    public Future<TarSum> ended() {
        return ended.future();
    }
}
