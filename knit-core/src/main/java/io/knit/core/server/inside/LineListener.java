package io.knit.core.server.inside;

import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import java.util.List;

/** Who reads lines. Called on the loop of streams, or on the thread of who asks. */
public interface LineListener {
    /** At least one node gives what was asked for. */
    void begun();

    /**
     * Takes the next lines.
     *
     * @return completes when there is room for more; may do so on any thread
     */
    Future<Void> lines(List<InstanceLine> lines);

    void ended();

    /** It is over before its end; nothing comes after it. */
    void failed(KnitException why);
}
