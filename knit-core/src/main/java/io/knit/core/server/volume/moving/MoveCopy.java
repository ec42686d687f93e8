package io.knit.core.server.volume.moving;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.SlotMove;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.inside.Pipe;
import io.knit.core.server.inside.PipeReader;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.asked.TarSum;
import io.knit.core.wire.asked.VolumeAsked;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One try to copy a slot's volumes, one after the other. Each end waits for the other, so that no more than a window is here. On the loop of streams. */
final class MoveCopy {
    private final Loop loop;
    private final Inside inside;
    private final SlotMove move;
    private final Promise<Void> ended = Promise.promise();
    private Pipe source = Pipe.NONE;
    private Pipe target = Pipe.NONE;
    private @Nullable TarSum read;
    /** Written before the end is told, read after it. */
    private volatile boolean putOff;

    MoveCopy(Loop loop, Inside inside, SlotMove move) {
        this.loop = loop;
        this.inside = inside;
        this.move = move;
    }

    /** Succeeds when all of them are on the target, and as they are on the source. On any thread. */
    Future<Void> begin() {
        loop.execute(() -> copy(0));
        return ended.future();
    }

    /** Whether that which failed had not even begun: the target was busy before it took a byte of the first volume, so that trying again costs nothing. On any thread. */
    boolean isPutOff() {
        return putOff;
    }

    /** Nobody wants it any more. On any thread. */
    void cancel() {
        loop.execute(() -> fail(new KnitException(ErrorCode.CLOSED, "the move is over")));
    }

    private void copy(int index) {
        if (ended.future().isComplete()) {
            return;
        }
        if (index == move.volumes().size()) {
            ended.tryComplete();
            return;
        }
        read = null;
        VolumeAsked asked =
                new VolumeAsked(move.deployment(), move.slot(), move.volumes().get(index)).moving();
        // what can't be taken is not read
        target = inside.open(
                move.to(), StreamRequest.ofVolume(StreamRequest.VOLUME_IN, asked), new Target(asked, index));
    }

    private void read(VolumeAsked asked) {
        if (!ended.future().isComplete()) {
            source = inside.open(
                    move.from(), StreamRequest.ofVolume(StreamRequest.VOLUME_OUT, asked), new Source(target));
        }
    }

    private void fail(KnitException why) {
        if (ended.tryFail(why)) {
            source.cancel();
            target.cancel();
        }
    }

    private void check(VolumeAsked asked, TarSum written, int index) {
        TarSum given = read;
        Long back = written.readBack();
        boolean same = given != null
                && given.sha256().equals(written.sha256())
                && given.bytes() == written.bytes()
                && Objects.equals(back, given.entries());
        if (same) {
            copy(index + 1);
        } else {
            fail(new KnitException(
                    ErrorCode.INTERNAL,
                    "the copy of the volume \"" + asked.name() + "\" is not as what it was made of: " + move.from()
                            + " gave "
                            + said(given) + ", " + move.to() + " took " + said(written) + " and reads back " + back
                            + " entries"));
        }
    }

    private static String said(@Nullable TarSum sum) {
        return sum == null
                ? "nothing whole"
                : sum.entries() + " entries in " + sum.bytes() + " bytes with SHA-256 " + sum.sha256();
    }

    /** What the node gives where the slot was. */
    private final class Source implements PipeReader {
        private final Pipe to;

        Source(Pipe to) {
            this.to = to;
        }

        @Override
        public void begun() {}

        @Override
        public Future<Void> bytes(int channel, byte[] bytes) {
            return bytes.length == 0 ? Future.succeededFuture() : to.write(0, bytes);
        }

        @Override
        public void ended(byte[] lastWord) {
            loop.execute(() -> {
                read = sum(lastWord);
                if (read != null) {
                    to.end();
                }
            });
        }

        @Override
        public void failed(KnitException why) {
            loop.execute(() -> fail(why));
        }
    }

    /** What the node says to which it goes. */
    private final class Target implements PipeReader {
        private final VolumeAsked asked;
        private final int index;
        private boolean begun;

        Target(VolumeAsked asked, int index) {
            this.asked = asked;
            this.index = index;
        }

        @Override
        public void begun() {}

        /** It says with an empty piece that it takes what comes. */
        @Override
        public Future<Void> bytes(int channel, byte[] bytes) {
            loop.execute(() -> {
                if (!begun) {
                    begun = true;
                    read(asked);
                }
            });
            return Future.succeededFuture();
        }

        @Override
        public void ended(byte[] lastWord) {
            loop.execute(() -> {
                TarSum written = sum(lastWord);
                if (written != null) {
                    check(asked, written, index);
                }
            });
        }

        @Override
        public void failed(KnitException why) {
            loop.execute(() -> {
                if (!ended.future().isComplete()) {
                    putOff = index == 0 && !begun && why.code() == ErrorCode.BUSY;
                }
                fail(why);
            });
        }
    }

    /** Null: it was none, and the copy has failed. */
    private @Nullable TarSum sum(byte[] lastWord) {
        try {
            return WireCodec.decode(lastWord, TarSum.class);
        } catch (KnitException e) {
            fail(new KnitException(
                    ErrorCode.VERSION_NOT_SPOKEN, "an agent did not say what it copied: " + e.getMessage(), e));
            return null;
        }
    }
}
