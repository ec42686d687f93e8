package io.knit.core.agent.volume;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeFilesAbility;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.core.wire.asked.TarSum;
import io.knit.core.wire.asked.VolumeAsked;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A volume's tar on its way out. It fails where the tar that the engine gave is not whole. On the loop of streams. */
final class VolumeRead implements Ongoing<TarSum> {
    private final VolumeFiles files;
    private final HeldVolumes held;
    private final String cluster;
    private final VolumeAsked asked;
    private final ByteReader reader;
    private final TarTally tally = new TarTally();
    private final Promise<TarSum> ended = Promise.promise();
    private @Nullable Ongoing<Void> reading;
    private boolean cancelled;

    VolumeRead(VolumeFiles files, HeldVolumes held, String cluster, VolumeAsked asked, ByteReader reader) {
        this.files = files;
        this.held = held;
        this.cluster = cluster;
        this.asked = asked;
        this.reader = reader;
    }

    VolumeRead begin() {
        // what an agent of before was putting in its place may be there in parts
        files.loop
                .bring(held.known())
                .compose(known -> requireWhole())
                .compose(whole -> asked.isMove() ? files.unused(cluster, asked) : Future.succeededFuture())
                .compose(free -> files.find(cluster, asked))
                .compose(found -> asked.isMove() && found.elsewhere() ? elsewhere() : Future.succeededFuture(found))
                .compose(found -> files.reach(cluster, asked, found.name()))
                // from here on the engine removes it for nobody
                .compose(container ->
                        requireWhole().compose(whole -> read(container)).eventually(() -> files.leave(container)))
                .onComplete(ended);
        return this;
    }

    /** While something is put in its place there is a part of it, or nothing. */
    private Future<Void> requireWhole() {
        String name = new SlotVolumes(cluster, files.node, asked.deployment(), asked.slot()).named(asked.name());
        return held.isHeld(name)
                ? Future.failedFuture(
                        new KnitException(
                                ErrorCode.BUSY,
                                "something is being put in the place of the volume, or it is being removed; try again when that is over"))
                : Future.succeededFuture();
    }

    /** It may be the very same on the other node. */
    private Future<VolumeSnapshot> elsewhere() {
        return Future.failedFuture(new KnitException(
                ErrorCode.RUNTIME_REFUSED,
                "what is in this volume is not with the engine of node " + files.node
                        + ": it is a share, or of a driver of the host's"));
    }

    private Future<TarSum> read(String container) {
        if (cancelled) {
            return Future.failedFuture(new KnitException(ErrorCode.CLOSED, "nobody reads on"));
        }
        Ongoing<Void> begun = files.archives().read(container, VolumeFilesAbility.FOLDER, this::pass);
        reading = begun;
        return files.loop.bring(begun.ended()).compose(all -> whole());
    }

    /** On a thread of the runtime's, a piece after the other. */
    private Future<Void> pass(byte[] bytes) {
        try {
            tally.take(bytes);
        } catch (KnitException e) {
            return Future.failedFuture(torn(e));
        }
        return reader.bytes(bytes);
    }

    private Future<TarSum> whole() {
        try {
            return Future.succeededFuture(tally.whole());
        } catch (KnitException e) {
            return Future.failedFuture(torn(e));
        }
    }

    private static KnitException torn(KnitException why) {
        return new KnitException(
                ErrorCode.RUNTIME_REFUSED,
                "the snapshot is not whole, for a file was written while it was read or can't be read; take it again, or while nothing runs with the volume: "
                        + why.getMessage(),
                why);
    }

    @Override
    public Future<TarSum> ended() {
        return ended.future();
    }

    @Override
    public void cancel() {
        files.loop.execute(() -> {
            cancelled = true;
            if (reading != null) {
                reading.cancel();
            }
        });
    }
}
