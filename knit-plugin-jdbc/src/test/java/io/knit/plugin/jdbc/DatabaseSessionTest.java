package io.knit.plugin.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.plugin.jdbc.database.DatabaseSession;
import io.knit.plugin.jdbc.database.SqliteDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a connection, and of what is done on it. */
@SuppressWarnings("NullAway.Init")
class DatabaseSessionTest {
    private static final String INSERT = "INSERT INTO t VALUES (?)";

    @TempDir
    Path folder;

    private LossyDatabase database;
    private DatabaseSession session;

    @BeforeEach
    void open() throws SQLException {
        database = new LossyDatabase(SqliteDatabase.open(folder.resolve("knit.db")));
        session = new DatabaseSession(database);
        session.execute("CREATE TABLE t (n INTEGER)");
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
        database.release();
    }

    private int seenFromOutside() throws SQLException {
        Connection own = database.last();
        try (Connection outside = database.connect();
                var statement = outside.createStatement();
                var row = statement.executeQuery("SELECT COUNT(*) FROM t")) {
            return row.getInt(1);
        } finally {
            database.keep(own);
        }
    }

    private static int insert(DatabaseSession within, int number) throws SQLException {
        var statement = within.prepared(INSERT);
        statement.setInt(1, number);
        return statement.executeUpdate();
    }

    @Test
    void afterATransactionAPlainInsertIsCommitted() throws SQLException {
        session.transaction(within -> insert(within, 1));
        session.execute("INSERT INTO t VALUES (2)");
        assertThat(seenFromOutside()).isEqualTo(2);
    }

    @Test
    void afterARollbackAPlainInsertIsCommitted() throws SQLException {
        assertThatThrownBy(() -> session.transaction(within -> {
                    insert(within, 1);
                    within.execute("NONSENSE");
                    return true;
                }))
                .isInstanceOf(SQLException.class);
        session.execute("INSERT INTO t VALUES (2)");
        assertThat(seenFromOutside()).isEqualTo(1);
    }

    @Test
    void whatWasBatchedBeforeARollbackIsNotInTheNextTransaction() throws SQLException {
        assertThatThrownBy(() -> session.transaction(within -> {
                    var statement = within.prepared(INSERT);
                    statement.setInt(1, 1);
                    statement.addBatch();
                    throw new IllegalStateException("a bug");
                }))
                .isInstanceOf(IllegalStateException.class);
        session.transaction(within -> {
            var statement = within.prepared(INSERT);
            statement.setInt(1, 2);
            statement.addBatch();
            return statement.executeBatch();
        });
        assertThat(seenFromOutside()).isEqualTo(1);
    }

    @Test
    void afterATransactionTheLockIsFree() throws SQLException {
        session.transaction(within -> insert(within, 1));
        Connection own = database.last();
        try (Connection outside = database.connect();
                var statement = outside.createStatement()) {
            statement.executeUpdate("INSERT INTO t VALUES (2)");
        }
        database.keep(own);
        assertThat(seenFromOutside()).isEqualTo(2);
    }

    @Test
    void aLostConnectionIsReplacedBeforeTheNextTransaction() throws SQLException {
        session.transaction(within -> insert(within, 1));
        database.last().close();
        session.transaction(within -> insert(within, 2));
        assertThat(seenFromOutside()).isEqualTo(2);
        session.close();
        assertThat(database.last().isClosed()).isTrue();
    }

    @Test
    void oneThatIsLostWithinATransactionTakesAllOfItAlong() throws SQLException {
        assertThatThrownBy(() -> session.transaction(within -> {
                    insert(within, 1);
                    database.last().close();
                    // on another connection this would be committed alone
                    within.execute("INSERT INTO t VALUES (2)");
                    return true;
                }))
                .isInstanceOf(SQLException.class);
        assertThat(seenFromOutside()).isZero();
        session.transaction(within -> insert(within, 3));
        assertThat(seenFromOutside()).isEqualTo(1);
    }

    @Test
    void oneThatIsLostBeforeTheCommitTakesAllOfItAlong() throws SQLException {
        assertThatThrownBy(() -> session.transaction(within -> {
                    insert(within, 1);
                    database.last().close();
                    return true;
                }))
                .isInstanceOf(SQLException.class);
        assertThat(seenFromOutside()).isZero();
        session.transaction(within -> insert(within, 2));
        assertThat(seenFromOutside()).isEqualTo(1);
    }

    @Test
    void aStatementIsPreparedOnce() throws SQLException {
        var first = session.transaction(within -> within.prepared(INSERT));
        assertThat(session.<Object>transaction(within -> within.prepared(INSERT)))
                .isSameAs(first);
    }
}
