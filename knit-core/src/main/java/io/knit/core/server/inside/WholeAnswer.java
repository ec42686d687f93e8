package io.knit.core.server.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.wire.asked.StreamRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;

/** A stream that is one message, read to its end. Thread-safe but for what the stream tells it. */
public final class WholeAnswer implements PipeReader {
    private final int most;
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private final Promise<byte[]> answer = Promise.promise();
    private boolean tooMuch;
    private volatile Pipe pipe = Pipe.NONE;

    private WholeAnswer(int most) {
        this.most = most;
    }

    /**
     * Asks the agent of a node. Who waits for it no more says so, with {@link #cancel}: the agent's engine may be minutes behind.
     *
     * @param node empty: that of the request's instance
     * @param most bytes that are kept of it; beyond them it fails
     */
    public static WholeAnswer of(Inside inside, String node, StreamRequest request, int most) {
        WholeAnswer reader = new WholeAnswer(most);
        reader.pipe = inside.open(node, request, reader);
        return reader;
    }

    public Future<byte[]> answer() {
        return answer.future();
    }

    /** Nobody waits for it: without an answer until now, it fails. May be called more than once. */
    public void cancel() {
        answer.tryFail(new KnitException(ErrorCode.CLOSED, "nobody waits for the answer any more"));
        pipe.cancel();
    }

    @Override
    public void begun() {}

    @Override
    public Future<Void> bytes(int channel, byte[] bytes) {
        if (all.size() + bytes.length <= most) {
            all.writeBytes(bytes);
        } else {
            tooMuch = true;
        }
        return Future.succeededFuture();
    }

    @Override
    public void ended(byte[] lastWord) {
        if (tooMuch) {
            answer.tryFail(
                    new KnitException(ErrorCode.TOO_LARGE, "the agent's answer is larger than " + most + " bytes"));
        } else {
            answer.tryComplete(all.toByteArray());
        }
    }

    @Override
    public void failed(KnitException why) {
        answer.tryFail(why);
    }
}
