package io.knit.plugin.jdbc.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of a store, opened when it is first needed and anew when it was lost, and its statements, each prepared once. A connection whose
 * begin, commit or rollback failed is in an unknown state and thrown away. Used by one thread; its methods block.
 */
public final class DatabaseSession {
    private final Database database;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private @Nullable Connection connection;
    private boolean inTransaction;

    public DatabaseSession(Database database) {
        this.database = database;
    }

    /**
     * Work within a transaction.
     *
     * @param <T> what it gives
     */
    @FunctionalInterface
    public interface Work<T> {
        T run(DatabaseSession session) throws SQLException;
    }

    /** Does the work whole or not at all. */
    public <T> T transaction(Work<T> work) throws SQLException {
        Connection open = connected();
        ending(() -> open.setAutoCommit(false));
        inTransaction = true;
        T result;
        try {
            result = work.run(this);
        } catch (SQLException | RuntimeException | Error e) {
            rollBack(open, e);
            throw e;
        } finally {
            inTransaction = false;
        }
        // what setAutoCommit does by definition; SQLite's commit() would begin the next transaction at once
        ending(() -> open.setAutoCommit(true));
        return result;
    }

    /** A statement that is prepared once for each connection. Its user closes what it gives, not the statement. */
    public PreparedStatement prepared(String sql) throws SQLException {
        PreparedStatement known = prepared.get(sql);
        if (known == null) {
            known = connected().prepareStatement(sql);
            prepared.put(sql, known);
        }
        return known;
    }

    /** Runs a statement that gives nothing. */
    public void execute(String sql) throws SQLException {
        try (Statement statement = connected().createStatement()) {
            statement.execute(sql);
        }
    }

    public void close() throws SQLException {
        Connection last = connection;
        prepared.clear();
        connection = null;
        if (last != null) {
            last.close();
        }
    }

    /** One that is lost in a transaction takes that with it: what came after on another would not be part of it. */
    private Connection connected() throws SQLException {
        Connection present = connection;
        if (present == null || (!inTransaction && present.isClosed())) {
            prepared.clear();
            present = database.connect();
            connection = present;
        }
        return present;
    }

    private void rollBack(Connection open, Throwable why) {
        try {
            // what a statement still holds of the work that failed must not be in the next
            for (PreparedStatement statement : prepared.values()) {
                statement.close();
            }
            prepared.clear();
            ending(() -> {
                open.rollback();
                open.setAutoCommit(true);
            });
        } catch (SQLException e) {
            discard(why);
            why.addSuppressed(e);
        }
    }

    private void ending(Step step) throws SQLException {
        try {
            step.run();
        } catch (SQLException e) {
            discard(e);
            throw e;
        }
    }

    private void discard(Throwable why) {
        try {
            close();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    /** A step on a connection. */
    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }
}
