package io.knit.core.server.inside;

import io.vertx.core.Future;

/** A stream to an agent, as who asked for it has it. Thread-safe. */
public interface Pipe {
    /** Of a stream that never was. */
    Pipe NONE = new Pipe() {
        @Override
        public Future<Void> write(int channel, byte[] bytes) {
            return Future.succeededFuture();
        }

        @Override
        public void end() {}

        @Override
        public void cancel() {}
    };

    /**
     * Sends bytes, once it has begun, in the order of the calls.
     *
     * @param channel as the two ends agree for what was asked
     * @return succeeds when there is room for more, on any thread
     */
    Future<Void> write(int channel, byte[] bytes);

    /** There will be no more bytes. */
    void end();

    /** Nobody wants more. May be called more than once; the reader is not told. */
    void cancel();
}
