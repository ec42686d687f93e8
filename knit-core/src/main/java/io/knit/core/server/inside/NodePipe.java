package io.knit.core.server.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.stream.AskingStreams;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** One stream to one agent. What its reader has not taken is not taken from the agent. */
final class NodePipe implements Pipe, StreamListener {
    private final Loop loop;
    private final PipeReader reader;
    private @Nullable StreamEnd end;
    private boolean cancelled;

    NodePipe(Loop loop, PipeReader reader) {
        this.loop = loop;
        this.reader = reader;
    }

    /** On the loop. */
    void open(AskingStreams streams, String node, StreamRequest request) {
        if (!cancelled) {
            end = streams.ask(node, request, StreamEnd.WINDOW, this);
        }
    }

    @Override
    public Future<Void> write(int channel, byte[] bytes) {
        Promise<Void> sent = Promise.promise();
        loop.execute(() -> {
            if (end == null) {
                sent.fail(new KnitException(ErrorCode.CLOSED, "the stream has not begun"));
            } else {
                end.write(channel, bytes).onComplete(sent);
            }
        });
        return sent.future();
    }

    @Override
    public void end() {
        loop.execute(() -> {
            if (end != null) {
                end.end(new byte[0]);
            }
        });
    }

    @Override
    public void cancel() {
        loop.execute(() -> {
            cancelled = true;
            if (end != null) {
                end.fail(new KnitException(ErrorCode.CLOSED, "nobody reads on"));
            }
        });
    }

    @Override
    public void begun() {
        reader.begun();
    }

    @Override
    public void data(int channel, byte[] bytes) {
        loop.bring(reader.bytes(channel, bytes)).onComplete(taken -> {
            if (end != null) {
                end.read(bytes.length);
            }
        });
    }

    @Override
    public void ended(byte[] lastWord) {
        reader.ended(lastWord);
    }

    @Override
    public void failed(KnitException why) {
        reader.failed(why);
    }
}
