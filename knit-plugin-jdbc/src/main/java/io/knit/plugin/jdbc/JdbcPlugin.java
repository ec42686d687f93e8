package io.knit.plugin.jdbc;

import io.knit.api.spi.KnitPlugin;
import io.knit.api.spi.PluginFactory;
import java.util.List;

/**
 * Brings the {@link io.knit.api.spi.store.Store} named {@code jdbc}.
 *
 * <p>Setting {@code store-url}: {@code jdbc:sqlite:/path/to/file.db}, or {@code jdbc:postgresql://host/database} with the
 * PostgreSQL driver on the class path; by default the SQLite file {@code knit.db} in the data folder.
 * Setting {@code new-cluster}: {@code true} where it is meant that an empty file is begun though there was one.
 */
public final class JdbcPlugin implements KnitPlugin {
    @Override
    public List<PluginFactory<?>> factories() {
        return List.of(new JdbcStoreFactory());
    }
}
