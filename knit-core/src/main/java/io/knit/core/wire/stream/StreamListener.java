package io.knit.core.wire.stream;

import io.knit.api.error.KnitException;

/** Who reads one end of a stream. Called on its loop; nothing after {@link #failed}. */
public interface StreamListener {
    /** The other end has what was asked for, and begins to give it: before the first piece, which may be empty, or the end. */
    default void begun() {}

    /** A piece, in order. It counts as kept here until {@link StreamEnd#read}. */
    void data(int channel, byte[] bytes);

    /** The other end has sent all; if that is the agent, the stream is over. */
    void ended(byte[] lastWord);

    /** The stream is over before its end. */
    void failed(KnitException why);
}
