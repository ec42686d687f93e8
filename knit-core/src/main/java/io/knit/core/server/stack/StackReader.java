package io.knit.core.server.stack;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.compose.ComposeSource;
import io.knit.core.server.http.json.ComposeReader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads Compose files beside the others' requests, which go on meanwhile. */
public final class StackReader {
    /** A reading may take a moment, and some megabytes. */
    private static final int MOST_READ = 8;

    private final AtomicInteger reading = new AtomicInteger();
    private final Vertx vertx;

    public StackReader(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Fails with what is refused of the file, or with {@code BUSY}. */
    public Future<ComposeReader.Read> read(ComposeSource source) {
        if (reading.incrementAndGet() > MOST_READ) {
            reading.decrementAndGet();
            return Future.failedFuture(
                    new KnitException(
                            ErrorCode.BUSY,
                            MOST_READ
                                    + " Compose files are being read, which is all the server has room for; send this one again in a moment"));
        }
        return vertx.executeBlocking(() -> ComposeReader.read(source), false)
                .onComplete(done -> reading.decrementAndGet());
    }
}
