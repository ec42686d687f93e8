package io.knit.plugin.wgmesh.socket;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/** Gathers what arrives up to the end of the line. What comes after it, or after a failure, is ignored. On one thread. */
final class LineReader {
    /** A thousand peers take about 0.4 MiB. */
    static final int LONGEST = 8 * 1024 * 1024;

    private final Promise<Buffer> line = Promise.promise();
    private final Buffer gathered = Buffer.buffer();

    Future<Buffer> line() {
        return line.future();
    }

    void take(Buffer chunk) {
        if (line.future().isComplete()) {
            return;
        }
        int end = indexOfNewline(chunk);
        gathered.appendBuffer(chunk, 0, end < 0 ? chunk.length() : end);
        if (gathered.length() > LONGEST) {
            line.fail(new MeshProtocolException(
                    "sent a line of more than " + LONGEST / 1024 / 1024 + " MiB, which is no answer"));
        } else if (end >= 0) {
            line.complete(gathered);
        }
    }

    private static int indexOfNewline(Buffer chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            if (chunk.getByte(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    void fail(Throwable failure) {
        line.tryFail(failure);
    }

    void end() {
        line.tryFail(new MeshProtocolException(
                gathered.length() == 0
                        ? "hung up without an answer"
                        : "hung up in the middle of its answer, after " + gathered.length() + " bytes"));
    }
}
