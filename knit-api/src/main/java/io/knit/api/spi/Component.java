package io.knit.api.spi;

import io.vertx.core.Future;

/** Something that is made by a plugin and closed by Knit. */
public interface Component {
    /** Gives back all it holds (threads, sockets, files). May be called more than once. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
