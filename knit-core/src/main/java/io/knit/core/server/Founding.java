package io.knit.core.server;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.documents.StateCodec;
import io.knit.core.server.documents.StateLoader;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.state.ClusterState;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which cluster a server begins with: the one in its store, or a new one, where that may be. Thread-safe. */
final class Founding {
    private static final Logger LOG = LoggerFactory.getLogger(Founding.class);
    private static final int CLUSTER_ID = 12;

    private final ServerParts parts;

    Founding(ServerParts parts) {
        this.parts = parts;
    }

    /**
     * The cluster to begin with, remembered in the data folder.
     *
     * @param stored what the store has; empty: nothing
     */
    Future<StateLoader.Loaded> of(Optional<StateLoader.Loaded> stored) {
        return stored.map(Future::succeededFuture).orElseGet(this::found).compose(this::marked);
    }

    /** An empty store is a new cluster only where there was none: the agents of the one that was would find themselves strangers. */
    private Future<StateLoader.Loaded> found() {
        return parts.loop().blocking(() -> parts.mark().cluster()).compose(before -> {
            if (before.isPresent() && !parts.newCluster()) {
                return Future.failedFuture(new KnitException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "the store is empty, but this server's data folder served the cluster " + before.get()
                                + "; give it the store of that (--store-url, or the file restored from a backup), or start with"
                                + " --new-cluster to begin with an empty one: then agents of the old cluster wait for it, and must be"
                                + " moved by hand"));
            }
            return founded();
        });
    }

    private Future<StateLoader.Loaded> founded() {
        String cluster = parts.ids().next(CLUSTER_ID);
        return parts.loop()
                .bring(parts.store().commit(StateCodec.founding(cluster)))
                .map(new StateLoader.Loaded(ClusterState.empty(cluster), new EventLog(List.of(), 0)));
    }

    private Future<StateLoader.Loaded> marked(StateLoader.Loaded loaded) {
        String cluster = loaded.state().cluster();
        return parts.loop()
                .blocking(() -> {
                    if (!parts.mark().cluster().equals(Optional.of(cluster))) {
                        parts.mark().keep(cluster);
                    }
                    return loaded;
                })
                .recover(e -> {
                    LOG.warn("It can't be remembered in the data folder which cluster this is: {}", e.getMessage());
                    return Future.succeededFuture(loaded);
                });
    }
}
