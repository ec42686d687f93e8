package io.knit.api.spi.runtime;

import io.vertx.core.Future;
import java.time.Instant;

/** Who reads lines. */
@FunctionalInterface
public interface LogReader {
    /**
     * Takes the next line; on any thread, one at a time.
     *
     * @return succeeds when there is room for another; fails if no more are wanted
     */
    Future<Void> line(LogLine line);

    /**
     * Is told before the next line that some before it can't be had: the runtime has let go of them since the last one was taken.
     *
     * @param after when the line was written that was given last
     * @param before when that was written which is given next
     * @return as that of {@link #line}
     */
    default Future<Void> missed(Instant after, Instant before) {
        return Future.succeededFuture();
    }
}
