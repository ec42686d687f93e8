package io.knit.core.server;

import java.io.IOException;
import java.util.Optional;

/** Remembers outside the store which cluster was in it, so that an empty store is not taken for a new one. Its methods block. */
public interface ClusterMark {
    /** Remembers nothing. */
    ClusterMark NONE = new ClusterMark() {
        @Override
        public Optional<String> cluster() {
            return Optional.empty();
        }

        @Override
        public void keep(String cluster) {
            // there is nowhere to
        }
    };

    /** The cluster of the last start, or empty: there was none. */
    Optional<String> cluster() throws IOException;

    void keep(String cluster) throws IOException;
}
