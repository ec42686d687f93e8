package io.knit.api.spi.runtime;

import io.vertx.core.Future;

/** Something that goes on until it ends, and takes bytes meanwhile. */
public interface Intake<T> extends Ongoing<T> {
    /**
     * Gives it the next bytes, on any thread, in the order of the calls; never blocks. They must not be changed afterwards.
     *
     * @return succeeds when they were passed on, and there is room for more; fails where they can't be any more
     */
    Future<Void> write(byte[] bytes);

    /** There will be no more bytes. May be called more than once, on any thread. */
    void endInput();
}
