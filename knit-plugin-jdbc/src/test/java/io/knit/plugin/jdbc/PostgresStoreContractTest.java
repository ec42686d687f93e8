package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.Role;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.plugin.jdbc.database.Database;
import io.knit.plugin.jdbc.database.StoreUrl;
import io.knit.testkit.contract.HistoryStoreContract;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a real PostgreSQL, each test in a schema of its own. */
class PostgresStoreContractTest extends HistoryStoreContract {
    private static final Vertx VERTX = Vertx.vertx();
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static @Nullable TemporaryPostgres postgres;

    private String schema = "public";

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> programs = TemporaryPostgres.programs();
        Assumptions.assumeTrue(programs.isPresent(), "PostgreSQL is not installed");
        postgres = TemporaryPostgres.start(programs.orElseThrow());
    }

    @AfterAll
    static void stop() throws Exception {
        await(VERTX.close());
        if (postgres != null) {
            postgres.close();
        }
    }

    private static TemporaryPostgres postgres() {
        if (postgres == null) {
            throw new IllegalStateException("not started");
        }
        return postgres;
    }

    @BeforeEach
    void makeSchema() throws SQLException {
        schema = "s" + SCHEMAS.incrementAndGet();
        postgres().execute("CREATE SCHEMA " + schema);
    }

    @Override
    protected Future<Store> open() {
        return openAt(postgres().url(schema));
    }

    private static Future<Store> openAt(String url) {
        return new JdbcStoreFactory()
                .create(
                        PluginConfig.of(Map.of(StoreUrl.STORE_URL, url)),
                        new PluginContext(Role.SERVER, "server", VERTX, Path.of("unused")));
    }

    private void loseConnections() throws SQLException {
        postgres().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'knit'");
    }

    /** The driver's own words for a batch are its statements with all that they were to store. */
    @Test
    void whyACommitFailedSaysNothingOfWhatItHas() throws SQLException {
        Store store = await(open());
        await(store.commit(List.of(StoreWrite.put("t", "before", "{}"))));
        postgres().execute("ALTER TABLE " + schema + ".document ADD CONSTRAINT brief CHECK (length(body) < 100)");
        String marked = "{\"password\":\"" + "mArKeR".repeat(50) + "\"}";
        KnitException failed = failure(store.commit(List.of(StoreWrite.put("t", "k", marked))));
        assertThat(failed)
                .hasMessageContaining("violates check constraint \"brief\"")
                .hasMessageNotContaining("atch");
        StringWriter logged = new StringWriter();
        failed.printStackTrace(new PrintWriter(logged));
        assertThat(logged.toString()).doesNotContain("mArKeR");
        await(store.close());
    }

    @Test
    void aLostConnectionIsMadeAnewWithoutAFailedCommit() throws SQLException {
        Store store = await(open());
        await(store.commit(List.of(StoreWrite.put("t", "before", "{}"))));
        loseConnections();
        await(store.commit(List.of(StoreWrite.put("t", "after", "{}"))));
        assertThat(await(store.load())).extracting(StoredDocument::key).containsExactly("after", "before");
        await(store.close());
    }

    @Test
    void whoWasReplacedWhileAwayWritesNoMore() throws SQLException {
        Store store = await(open());
        await(store.commit(List.of(StoreWrite.put("t", "mine", "{}"))));
        loseConnections();
        Store other = await(open());
        List<StoreWrite> late = List.of(StoreWrite.put("t", "late", "{}"));
        assertThat(failure(store.commit(late)).code()).isEqualTo(ErrorCode.IN_USE);
        await(other.close());
        KnitException still = failure(store.commit(late));
        assertThat(still.code()).isEqualTo(ErrorCode.IN_USE);
        assertThat(still).hasMessageContaining("another server opened it");
        await(store.close());
        Store third = await(open());
        assertThat(await(third.load())).extracting(StoredDocument::key).containsExactly("mine");
        await(third.close());
    }

    /** A disk that stands still does so in COMMIT; its session has the lock until it goes on, and then what it writes is there. */
    @Test
    void aCommitThatHangsIsInDoubtUntilItIsKnownWhatBecameOfIt() throws SQLException {
        // longer than the wait for the lock
        Store store = await(openAt(postgres().url(schema) + "&socketTimeout=4"));
        inCommit("pg_advisory_xact_lock(42)");
        List<StoreWrite> slow = List.of(StoreWrite.put("t", "slow", "{}"));
        try (Connection disk = postgres().connect();
                Statement statement = disk.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(42)");
            KnitException failed = failure(store.commit(slow));
            assertThat(failed.code()).isEqualTo(ErrorCode.COMMIT_IN_DOUBT);
            assertThat(failed).hasMessageContaining("can't be locked again").hasMessageContaining("pg_stat_activity");
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> postgres().count(schema + ".document WHERE doc_key = 'slow'") == 1);

        await(store.commit(slow));
        await(store.commit(List.of(StoreWrite.put("t", "next", "{}"))));
        assertThat(await(store.load())).extracting(StoredDocument::key).containsExactly("next", "slow");
        await(store.close());
    }

    /** What PostgreSQL itself refuses at the end of a transaction is not stored, and fails alone. */
    @Test
    void aCommitThatIsRefusedIsNotInDoubt() throws SQLException {
        Store store = await(open());
        inCommit("1 / 0");
        KnitException failed = failure(store.commit(List.of(StoreWrite.put("t", "slow", "{}"))));
        assertThat(failed.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(failed).hasMessageContaining("division by zero");
        await(store.commit(List.of(StoreWrite.put("t", "next", "{}"))));
        assertThat(await(store.load())).extracting(StoredDocument::key).containsExactly("next");
        await(store.close());
    }

    /** A panic while it writes its log says what is wrong with the disk, not with the connection. */
    @Test
    void anErrorThatEndedTheSessionLeavesACommitInDoubt() throws SQLException {
        Database database = StoreUrl.open(postgres().url(schema), false);
        SQLException diskFailed = new SQLException("could not fdatasync", "58030");
        try (Connection connection = postgres().connect()) {
            assertThat(database.mayBeCommitted(connection, diskFailed)).isFalse();
            connection.close();
            assertThat(database.mayBeCommitted(connection, diskFailed)).isTrue();
        }
    }

    /** Has what is written as {@code slow} do this in COMMIT, after all of its statements. */
    private void inCommit(String expression) throws SQLException {
        String function = schema + ".in_commit()";
        postgres()
                .execute("CREATE FUNCTION " + function + " RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN PERFORM "
                        + expression + "; RETURN NULL; END $$");
        postgres()
                .execute("CREATE CONSTRAINT TRIGGER in_commit AFTER INSERT OR UPDATE ON " + schema + ".document"
                        + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.doc_key = 'slow') EXECUTE FUNCTION "
                        + function);
    }

    @Test
    void twoSchemasAreTwoStores() throws SQLException {
        Store one = await(open());
        makeSchema();
        Store two = await(open());
        await(one.commit(List.of(StoreWrite.put("t", "one", "{}"))));
        assertThat(await(two.load())).isEmpty();
        await(one.close());
        await(two.close());
    }
}
