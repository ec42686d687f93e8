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
    private final ComingVolumes coming;
    private final String cluster;
    private final VolumeAsked asked;
    private final VolumePut put;
    private final TarTally tally = new TarTally();
    private final Promise<Void> ready = Promise.promise();
    private final Promise<TarSum> allCame = Promise.promise();
    private final Promise<TarSum> ended = Promise.promise();
    private @Nullable Intake<Void> unpacking;

    VolumeWrite(VolumeFiles files, HeldVolumes held, ComingVolumes coming, String cluster, VolumeAsked asked) {
        this.files = files;
        this.held = held;
        this.coming = coming;
        this.cluster = cluster;
        this.asked = asked;
        this.put = new VolumePut(files, cluster, asked);
    }

    VolumeWrite begin() {
        prepare()
                .compose(staging -> receive(staging).recover(why -> giveUp(why)))
                .compose(all -> commit(all).compose(gone -> asked.isMove() ? move(all) : restore(all)))
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
                .compose(looked -> coming.hold(put)
                        ? requireFit().onFailure(why -> coming.release(put))
                        : Future.failedFuture(new KnitException(
                                ErrorCode.BUSY,
                                "the volume is being restored already, or removed; try again when that is over")))
                .compose(fit -> put.stage().recover(why -> giveUp(why)));
    }

    /** While it is held: it is not removed meanwhile, and no container is made with it. */
    private Future<Void> requireFit() {
        return files.look(cluster, asked)
                .compose(found -> found.isEmpty() && asked.isMove()
                        ? requireNoOther()
                        : files.there(found).compose(this::requireOwn))
                .compose(own -> files.unused(cluster, asked));
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
        put.abandoned().onSuccess(gone -> put.requireWanted().onFailure(allCame::tryFail));
        ready.tryComplete();
        Future<Void> unpacked = files.loop.bring(begun.ended());
        return Future.all(unpacked, allCame.future())
                .map(both -> allCame.future().result());
    }

    private <T> Future<T> giveUp(Throwable why) {
        return coming.giveUp(put).transform(done -> Future.failedFuture(why));
    }

    private Future<Void> commit(TarSum all) {
        return put.measure(all.bytes())
                .compose(measured -> put.requireRoom())
                .compose(room -> put.requireWanted())
                .compose(wanted -> put.commit())
                .recover(why -> giveUp(why));
    }

    private Future<TarSum> restore(TarSum all) {
        return put.copy().compose(done -> coming.giveUp(put)).map(all).recover(why -> {
            coming.finishLater(put);
            return Future.failedFuture(new KnitException(
                    ErrorCode.RUNTIME_REFUSED,
                    "all of it is on node " + files.node
                            + ", and is not in its place yet; the agent goes on until it is, and starts nothing with the volume before: "
                            + why.getMessage(),
                    why));
        });
    }

    /**
     * It is read back, for an engine says nothing of what it left out. All of it is where it comes from: what does not come to its place at once is not tried again, which would fill a disk again and again.
     * Who asked hears that it is there once nothing undoes it any more.
     */
    private Future<TarSum> move(TarSum all) {
        return put.copy()
                .compose(done -> put.count())
                .compose(count ->
                        put.requireWanted().compose(wanted -> put.unmark()).map(all.readBack(count)))
                .recover(why -> coming.undo(put).transform(done -> Future.failedFuture(why)))
                .compose(sum -> coming.giveUp(put).map(sum));
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
