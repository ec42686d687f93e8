package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.plugin.jdbc.connection.SteadyDataSource;
import io.knit.plugin.jdbc.database.Database;
import io.knit.plugin.jdbc.database.SqliteDatabase;
import io.vertx.core.Vertx;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {
    @TempDir
    Path folder;

    private static long count(Pool pool, String from) {
        return await(pool.query("SELECT COUNT(*) FROM " + from).execute())
                .iterator()
                .next()
                .getLong(0);
    }

    @Test
    void aStepIsDoneWholeOrNotAtAllAndTriedAgain() {
        Vertx vertx = Vertx.vertx();
        Database database = SqliteDatabase.open(folder.resolve("knit.db"));
        Pool pool = JDBCPool.pool(vertx, new SteadyDataSource(database), new PoolOptions().setMaxSize(1));
        try {
            List<String> first = List.of("CREATE TABLE a (n INTEGER)", "INSERT INTO a VALUES (1)");
            Migrations broken =
                    Migrations.of("test", List.of(first, List.of("INSERT INTO a VALUES (2)", "CREATE NONSENSE")));
            assertThatThrownBy(() -> await(broken.run(pool, Instant.EPOCH))).hasCauseInstanceOf(SQLException.class);
            assertThat(count(pool, "a")).isEqualTo(1);
            assertThat(count(pool, "schema_version")).isEqualTo(1);

            Migrations mended = Migrations.of(
                    "test", List.of(first, List.of("INSERT INTO a VALUES (2)", "CREATE TABLE b (n INT)")));
            await(mended.run(pool, Instant.EPOCH));
            await(mended.run(pool, Instant.EPOCH));
            assertThat(count(pool, "a")).isEqualTo(2);
            assertThat(count(pool, "b")).isZero();
            assertThat(count(pool, "schema_version")).isEqualTo(2);
        } finally {
            await(pool.close());
            database.release();
            await(vertx.close());
        }
    }
}
