package io.knit.api.spi.store;

import io.vertx.core.Future;
import java.nio.file.Path;

/**
 * A store that can be copied into a file while it is used. A store need not be one; then its own tools make its backups.
 *
 * <p>Obligations, beside those of {@link Store}: 1. the copy has every commit that succeeded before the call, and each commit whole or not at all; 2. commits meanwhile do not wait
 * for it; 3. the copy was read once and is sound when the future succeeds; 4. it is readable by its owner alone.
 */
public interface BackupStore extends Store {
    /**
     * Copies.
     *
     * @param into a file that is not there yet, in a folder that is
     * @return fails with {@code NOT_FOUND} where this store makes no copies, in words that say what does
     */
    Future<Void> backUp(Path into);
}
