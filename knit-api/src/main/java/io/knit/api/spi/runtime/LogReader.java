package io.knit.api.spi.runtime;

import io.vertx.core.Future;

/** Who reads lines. */
@FunctionalInterface
public interface LogReader {
    /**
     * Takes the next line; on any thread, one at a time.
     *
     * @return succeeds when there is room for another; fails if no more are wanted
     */
    Future<Void> line(LogLine line);
}
