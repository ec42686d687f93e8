package io.knit.core.agent.pull;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Knows which image all instances of a revision run. */
public interface Pinning {
    /** Of whom nobody answers: each runs what it has. */
    Pinning NONE = (instance, digest) -> Future.succeededFuture("");

    /**
     * The digest of the image that an instance is to run; empty: nobody said one yet, or it is not known here. Never fails. Only on the loop.
     *
     * @param digest of the image that is here by the name of its spec, which is taken for all if none was before; null: there is none
     */
    Future<String> of(String instance, @Nullable String digest);
}
