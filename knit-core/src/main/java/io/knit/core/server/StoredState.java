package io.knit.core.server;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.Store;
import io.knit.core.loop.RandomIds;
import io.knit.core.server.documents.StateLoader;
import io.knit.core.server.value.KeySource;
import io.vertx.core.Future;
import java.util.Optional;

/** What a server begins from: read from its store, while its other parts are made. Thread-safe. */
public final class StoredState {
    private final SecretKeys keys;
    private final Future<Optional<StateLoader.Loaded>> read;

    private StoredState(SecretKeys keys, Future<Optional<StateLoader.Loaded>> read) {
        this.keys = keys;
        this.read = read;
    }

    /**
     * Begins to read.
     *
     * @param source of the keys of secrets
     */
    public static StoredState reading(Loop loop, Store store, KeySource source) {
        SecretKeys keys = new SecretKeys(loop, source, new RandomIds());
        // first of all: what is in the store may open by them alone
        return new StoredState(keys, keys.read().compose(read -> new StateLoader(loop, store, keys).load()));
    }

    SecretKeys keys() {
        return keys;
    }

    Future<Optional<StateLoader.Loaded>> read() {
        return read;
    }

    /** Succeeds once nothing is read any more, whatever came of it: only then the store may be closed. */
    public Future<Void> ended() {
        return read.transform(any -> Future.succeededFuture());
    }
}
