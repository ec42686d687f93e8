package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;

import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.Role;
import io.knit.api.spi.store.Store;
import io.knit.testkit.contract.HistoryStoreContract;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreContractTest extends HistoryStoreContract {
    private static final Vertx VERTX = Vertx.vertx();

    @TempDir
    Path folder;

    @AfterAll
    static void closeVertx() {
        await(VERTX.close());
    }

    @Override
    protected Future<Store> open() {
        return new JdbcStoreFactory()
                .create(PluginConfig.empty(), new PluginContext(Role.SERVER, "server", VERTX, folder.resolve("data")));
    }
}
