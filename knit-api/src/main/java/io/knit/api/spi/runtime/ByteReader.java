package io.knit.api.spi.runtime;

import io.vertx.core.Future;

/** Who reads bytes. */
@FunctionalInterface
public interface ByteReader {
    /**
     * Takes the next bytes, at most 64 KiB; on any thread, one piece at a time. They are the reader's from then on.
     *
     * @return succeeds when there is room for more; fails if no more are wanted
     */
    Future<Void> bytes(byte[] bytes);
}
