package io.knit.api.spi.store;

import io.vertx.core.Future;

/**
 * A store that can wipe what it still has of documents that were removed or replaced: pages of a file that it does not use any more, for instance. A store need not be one; then its
 * own tools do it.
 *
 * <p>Obligations, beside those of {@link Store}: 1. once the future succeeds nothing is left in the store's own files of what a commit that succeeded before the call removed or
 * replaced; 2. what is there stays as it is; commits meanwhile may wait.
 */
public interface WipingStore extends Store {
    /** Wipes. */
    Future<Void> wipe();
}
