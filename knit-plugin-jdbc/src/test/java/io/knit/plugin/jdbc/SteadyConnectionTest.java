package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.jdbc.connection.SteadyConnection;
import io.knit.plugin.jdbc.connection.SteadyDataSource;
import io.knit.plugin.jdbc.database.Database;
import io.knit.plugin.jdbc.database.SqliteDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.jdbcclient.JDBCPrepareOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the JDBC client does to a connection, and what must come of it. */
class SteadyConnectionTest {
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path folder;

    private Database database() {
        return database;
    }

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @SuppressWarnings("NullAway.Init")
    private Pool pool;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(folder.resolve("knit.db"));
        pool = JDBCPool.pool(vertx, new SteadyDataSource(database), new PoolOptions().setMaxSize(1));
        await(pool.query("CREATE TABLE t (n INTEGER)").execute());
        await(pool.query("CREATE TABLE u (n INTEGER UNIQUE)").execute());
    }

    @AfterEach
    void close() {
        await(pool.close());
        database.release();
        await(vertx.close());
    }

    private int seenFromOutside() throws SQLException {
        try (Connection outside = database().connect();
                var statement = outside.createStatement();
                var row = statement.executeQuery("SELECT COUNT(*) FROM t")) {
            return row.getInt(1);
        }
    }

    @Test
    void afterATransactionAPlainInsertIsCommitted() throws SQLException {
        await(pool.withTransaction(
                connection -> connection.query("INSERT INTO t VALUES (1)").execute()));
        await(pool.query("INSERT INTO t VALUES (2)").execute());
        assertThat(seenFromOutside()).isEqualTo(2);
    }

    @Test
    void afterARollbackAPlainInsertIsCommitted() throws SQLException {
        assertThatThrownBy(() -> await(pool.withTransaction(connection -> connection
                        .query("INSERT INTO t VALUES (1)")
                        .execute()
                        .compose(done -> connection.query("NONSENSE").execute()))))
                .hasCauseInstanceOf(SQLException.class);
        await(pool.query("INSERT INTO t VALUES (2)").execute());
        assertThat(seenFromOutside()).isEqualTo(1);
    }

    @Test
    void afterATransactionTheLockIsFree() throws SQLException {
        await(pool.withTransaction(
                connection -> connection.query("INSERT INTO t VALUES (1)").execute()));
        try (Connection outside = database().connect();
                var statement = outside.createStatement()) {
            statement.executeUpdate("INSERT INTO t VALUES (2)");
        }
        assertThat(seenFromOutside()).isEqualTo(2);
    }

    @Test
    void aLostConnectionIsReplacedBeforeTheNextTransaction() throws SQLException {
        LossyDatabase lossy = new LossyDatabase(database());
        try (Connection steady = SteadyConnection.open(lossy)) {
            lossy.last().close();
            steady.setAutoCommit(false);
            try (var statement = steady.createStatement()) {
                statement.executeUpdate("INSERT INTO t VALUES (1)");
            }
            lossy.last().close();
            assertThatThrownBy(steady::commit).isInstanceOf(SQLException.class);
            // the client's slip, which comes after a failed commit, too
            steady.setAutoCommit(false);
            assertThat(lossy.last().isClosed()).isTrue();
            assertThatThrownBy(() -> steady.prepareStatement("INSERT INTO t VALUES (2)"))
                    .hasMessageContaining("no transaction was begun");
            steady.setAutoCommit(false);
            try (var statement = steady.createStatement()) {
                statement.executeUpdate("INSERT INTO t VALUES (2)");
            }
            assertThat(seenFromOutside()).isZero();
            steady.commit();
            steady.setAutoCommit(false);
            assertThat(seenFromOutside()).isEqualTo(1);
        }
        assertThat(lossy.last().isClosed()).isTrue();
    }

    /** Else what is told is why no other connection can be had, and not what became of the commit. */
    @Test
    void thatACommitFailedIsToldThoughNoOtherConnectionIsToBeHad() throws SQLException {
        LossyDatabase lossy = new LossyDatabase(database());
        Pool onLossy = JDBCPool.pool(vertx, new SteadyDataSource(lossy), new PoolOptions().setMaxSize(1));
        assertThatThrownBy(() -> await(onLossy.withTransaction(connection -> connection
                        .query("INSERT INTO t VALUES (1)")
                        .execute()
                        .map(done -> {
                            lossy.loseIt();
                            return done;
                        }))))
                .hasMessageContaining("closed");
        lossy.refuse(false);
        await(onLossy.withTransaction(
                connection -> connection.query("INSERT INTO t VALUES (2)").execute()));
        assertThat(seenFromOutside()).isEqualTo(1);
        await(onLossy.close());
    }

    private KnitException failureOfCommit(DoubtfulDatabase doubtful) {
        Pool onDoubtful = JDBCPool.pool(vertx, new SteadyDataSource(doubtful), new PoolOptions().setMaxSize(1));
        KnitException failure = failure(onDoubtful.withTransaction(
                connection -> connection.query("INSERT INTO t VALUES (1)").execute()));
        await(onDoubtful.close());
        return failure;
    }

    @Test
    void whatWouldNotBeFoundAgainIsNotCommitted() throws SQLException {
        DoubtfulDatabase doubtful = new DoubtfulDatabase(database());
        doubtful.loseFilesAfter(0);
        assertThat(failureOfCommit(doubtful).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(seenFromOutside()).isZero();
    }

    @Test
    void whatIsNotFoundAgainAfterItWasCommittedIsInDoubt() throws SQLException {
        DoubtfulDatabase doubtful = new DoubtfulDatabase(database());
        doubtful.loseFilesAfter(1);
        KnitException failure = failureOfCommit(doubtful);
        assertThat(failure.code()).isEqualTo(ErrorCode.COMMIT_IN_DOUBT);
        assertThat(failure).hasMessageContaining("gone");
        assertThat(seenFromOutside()).isEqualTo(1);
    }

    /** SQLite rolls a transaction back by itself where the disk fails in a statement of it; what comes then would be committed by itself. */
    @Test
    void whatIsHandedOverBehindAStatementThatFailsIsRefused() throws SQLException {
        try (Connection steady = SteadyConnection.open(database())) {
            steady.setAutoCommit(false);
            try (var first = steady.prepareStatement("INSERT INTO t VALUES (1)");
                    var failing = steady.prepareStatement("INSERT OR ROLLBACK INTO u VALUES (1)")) {
                first.executeUpdate();
                failing.executeUpdate();
                assertThatThrownBy(failing::executeUpdate).hasMessageContaining("UNIQUE");
            }
            assertThatThrownBy(() -> steady.prepareStatement("INSERT INTO t VALUES (2)"))
                    .hasMessageContaining("what came before it in the transaction failed");
            assertThatThrownBy(steady::commit).hasMessageContaining("a statement of it failed");
            // the client's slip
            steady.setAutoCommit(false);
            assertThat(seenFromOutside()).isZero();

            steady.setAutoCommit(false);
            try (var next = steady.prepareStatement("INSERT INTO t VALUES (3)")) {
                next.executeUpdate();
            }
            steady.commit();
            assertThat(seenFromOutside()).isEqualTo(1);
        }
    }

    @Test
    void aStatementThatFailsIsForgottenWithItsTransaction() throws SQLException {
        try (Connection steady = SteadyConnection.open(database())) {
            steady.setAutoCommit(false);
            try (var failing = steady.prepareStatement("INSERT INTO u VALUES (1), (1)")) {
                assertThatThrownBy(failing::executeUpdate).hasMessageContaining("UNIQUE");
            }
            steady.rollback();
            steady.setAutoCommit(false);
            try (var plain = steady.prepareStatement("INSERT INTO t VALUES (2)")) {
                plain.executeUpdate();
            }
            assertThat(seenFromOutside()).isEqualTo(1);
        }
    }

    @Test
    void whatIsHandedOverWithABeginThatFailsIsRefused() throws SQLException {
        LossyDatabase lossy = new LossyDatabase(database());
        try (Connection steady = SteadyConnection.open(lossy)) {
            lossy.last().close();
            lossy.refuse(true);
            assertThatThrownBy(() -> steady.setAutoCommit(false)).isInstanceOf(SQLException.class);
            lossy.refuse(false);
            assertThatThrownBy(() -> steady.prepareStatement("INSERT INTO t VALUES (1)"))
                    .hasMessageContaining("no transaction was begun");
            assertThat(seenFromOutside()).isZero();

            steady.setAutoCommit(false);
            try (var statement = steady.prepareStatement("INSERT INTO t VALUES (2)")) {
                statement.executeUpdate();
            }
            steady.commit();
            assertThat(seenFromOutside()).isEqualTo(1);
        }
    }

    private Future<?> transaction(Pool on, Tuple... rows) {
        return on.preparedQuery(SteadyConnection.TRANSACTION, new JDBCPrepareOptions().setAutoGeneratedKeys(false))
                .executeBatch(List.of(rows));
    }

    @Test
    void aBatchIsAWholeTransaction() throws SQLException {
        String insert = "INSERT INTO t VALUES (?)";
        await(transaction(pool, Tuple.of(insert, 1), Tuple.of(insert, 2), Tuple.of("DELETE FROM t WHERE n = ?", 1)));
        assertThat(seenFromOutside()).isEqualTo(1);
        assertThatThrownBy(() -> await(transaction(
                        pool,
                        Tuple.of(insert, 3),
                        Tuple.of("INSERT INTO u VALUES (?)", 1),
                        Tuple.of("INSERT INTO u VALUES (?)", 1),
                        Tuple.of(insert, 4))))
                .hasMessageContaining("UNIQUE");
        assertThat(seenFromOutside()).isEqualTo(1);
        await(transaction(pool, Tuple.of(insert, 5)));
        assertThat(seenFromOutside()).isEqualTo(2);
    }

    /** SQLite ends a transaction by itself where the disk fails: what comes behind that would be committed by itself. */
    @Test
    void nothingOfABatchIsWrittenBehindWhatEndedItsTransaction() throws SQLException {
        assertThatThrownBy(() -> await(transaction(
                        pool,
                        Tuple.of("INSERT OR ROLLBACK INTO u VALUES (?)", 1),
                        Tuple.of("INSERT OR ROLLBACK INTO u VALUES (?)", 1),
                        Tuple.of("INSERT INTO t VALUES (?)", 2))))
                .hasMessageContaining("UNIQUE");
        assertThat(seenFromOutside()).isZero();
        await(transaction(pool, Tuple.of("INSERT INTO t VALUES (?)", 3)));
        assertThat(seenFromOutside()).isEqualTo(1);
    }

    /** What is left of it would be committed with whatever comes next, though who gave it was told that it failed. */
    @Test
    void nothingIsLeftOfABatchForWhichThereWasNoMemory() throws SQLException {
        LossyDatabase lossy = new LossyDatabase(database());
        Pool onLossy = JDBCPool.pool(vertx, new SteadyDataSource(lossy), new PoolOptions().setMaxSize(1));
        String second = "INSERT INTO u VALUES (?)";
        lossy.shortOfMemoryFor(second);
        assertThatThrownBy(
                        () -> await(transaction(onLossy, Tuple.of("INSERT INTO t VALUES (?)", 1), Tuple.of(second, 1))))
                .isNotNull();
        lossy.shortOfMemoryFor("");
        await(transaction(onLossy, Tuple.of(second, 2)));
        assertThat(seenFromOutside()).isZero();
        await(onLossy.close());
    }

    /** The client begins with the very call that is its slip after an end of its own. */
    @Test
    void aTransactionOfTheClientsBeginsAfterABatch() throws SQLException {
        await(transaction(pool, Tuple.of("INSERT INTO t VALUES (?)", 1)));
        assertThatThrownBy(() -> await(pool.withTransaction(connection -> connection
                        .query("INSERT INTO t VALUES (2)")
                        .execute()
                        .compose(done -> connection.query("NONSENSE").execute()))))
                .hasCauseInstanceOf(SQLException.class);
        assertThat(seenFromOutside()).isEqualTo(1);
        assertThatThrownBy(() -> await(transaction(pool, Tuple.of("NONSENSE", 1))))
                .isNotNull();
        assertThatThrownBy(() -> await(pool.withTransaction(connection -> connection
                        .query("INSERT INTO t VALUES (2)")
                        .execute()
                        .compose(done -> connection.query("NONSENSE").execute()))))
                .hasCauseInstanceOf(SQLException.class);
        assertThat(seenFromOutside()).isEqualTo(1);
    }

    @Test
    void aBatchPreparesEachStatementOnceForAConnection() throws SQLException {
        LossyDatabase lossy = new LossyDatabase(database());
        Pool onLossy = JDBCPool.pool(vertx, new SteadyDataSource(lossy), new PoolOptions().setMaxSize(1));
        String insert = "INSERT INTO t VALUES (?)";
        await(transaction(onLossy, Tuple.of(insert, 1)));
        await(transaction(onLossy, Tuple.of(insert, 2)));
        assertThat(lossy.prepared()).containsExactly(insert);
        lossy.last().close();
        await(transaction(onLossy, Tuple.of(insert, 3)));
        assertThat(lossy.prepared()).as("with another connection, anew").containsExactly(insert, insert);
        assertThat(seenFromOutside()).isEqualTo(3);
        await(onLossy.close());
    }

    @Test
    void aBatchThatIsNotFoundAgainIsInDoubt() throws SQLException {
        DoubtfulDatabase doubtful = new DoubtfulDatabase(database());
        doubtful.loseFilesAfter(1);
        Pool onDoubtful = JDBCPool.pool(vertx, new SteadyDataSource(doubtful), new PoolOptions().setMaxSize(1));
        KnitException failure = failure(transaction(onDoubtful, Tuple.of("INSERT INTO t VALUES (?)", 1)));
        await(onDoubtful.close());
        assertThat(failure.code()).isEqualTo(ErrorCode.COMMIT_IN_DOUBT);
        assertThat(seenFromOutside()).isEqualTo(1);
    }
}
