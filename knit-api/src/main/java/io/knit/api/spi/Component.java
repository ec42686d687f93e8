package io.knit.api.spi;

import io.vertx.core.Future;

/** Something that is made by a plugin and closed by Knit. */
public interface Component {
    /**
     * Where it can be reached or what it uses, as a URL or path for the first line that a user reads; without credentials. Empty if there
     * is nothing to say.
     */
    default String endpoint() {
        return "";
    }

    /** Gives back all it holds (threads, sockets, files). May be called more than once. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
