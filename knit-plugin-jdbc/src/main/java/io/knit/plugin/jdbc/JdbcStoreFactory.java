package io.knit.plugin.jdbc;

import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.PluginFactory;
import io.knit.api.spi.store.Store;
import io.knit.plugin.jdbc.database.SqliteDatabase;
import io.knit.plugin.jdbc.database.StoreUrl;
import io.vertx.core.Future;

/** Opens the database that {@code store-url} names. */
final class JdbcStoreFactory implements PluginFactory<Store> {
    private static final String NEW_CLUSTER = "new-cluster";

    @Override
    public Class<Store> spi() {
        return Store.class;
    }

    @Override
    public String name() {
        return "jdbc";
    }

    @Override
    public Future<Store> create(PluginConfig config, PluginContext context) {
        boolean newCluster = config.get(NEW_CLUSTER, "false").equals("true");
        return context.vertx()
                .executeBlocking(() -> config.get(StoreUrl.STORE_URL)
                        .map(url -> StoreUrl.open(url, newCluster))
                        .orElseGet(() -> SqliteDatabase.open(context.dataDir().resolve("knit.db"), newCluster)))
                .compose(database -> JdbcStore.open(context.vertx(), database))
                .map(store -> store);
    }
}
