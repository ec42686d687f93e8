package io.knit.api.spi.runtime;

import io.vertx.core.Future;

/** Something that goes on until it ends. */
public interface Ongoing<T> {
    /** How it ended. After {@link #cancel} it ends, too, with a failure if it had not ended before. */
    Future<T> ended();

    /** Ends it soon. May be called more than once, on any thread. */
    void cancel();
}
