package io.knit.core.server.inside;

import io.knit.api.error.KnitException;
import io.vertx.core.Future;

/** Who reads what an agent gives. Called on the loop of streams, or on the thread of who asks. */
public interface PipeReader {
    /** The agent has what was asked for. */
    void begun();

    /**
     * Takes the next bytes, which may be none.
     *
     * @return completes when there is room for more; may do so on any thread
     */
    Future<Void> bytes(int channel, byte[] bytes);

    void ended(byte[] lastWord);

    /** It is over before its end; nothing comes after it. */
    void failed(KnitException why);
}
