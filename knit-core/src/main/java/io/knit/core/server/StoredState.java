package io.knit.core.server;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.Store;
import io.knit.core.server.documents.StateLoader;
import io.vertx.core.Future;
import java.util.Optional;

/** What a server begins from: read from its store, while its other parts are made. Thread-safe. */
public final class StoredState {
    private final Future<Optional<StateLoader.Loaded>> read;

    private StoredState(Future<Optional<StateLoader.Loaded>> read) {
        this.read = read;
    }

    /** Begins to read. */
    public static StoredState reading(Loop loop, Store store) {
        return new StoredState(new StateLoader(loop, store).load());
    }

    Future<Optional<StateLoader.Loaded>> read() {
        return read;
    }

    /** Succeeds once nothing is read any more, whatever came of it: only then the store may be closed. */
    public Future<Void> ended() {
        return read.transform(any -> Future.succeededFuture());
    }
}
