package io.knit.plugin.jdbc.connection;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.jdbc.database.Database;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is always in a known state: in auto-commit outside of transactions, and alive when one begins.
 *
 * <p>vertx-jdbc-client up to 5.0.10 calls {@code setAutoCommit(false)} after each commit and rollback where it means {@code true}
 * (vertx-jdbc-client#356), so that what is written next is never committed; that one call is swallowed here, also after one that failed: what came
 * of it would be told in place of the failure. Its pool
 * also never looks whether a connection is still alive; so a lost one is replaced here before its next transaction. One whose begin,
 * commit or rollback failed is in an unknown state and thrown away. What comes of a commit that may be stored although it failed is a
 * {@link KnitException} with {@code COMMIT_IN_DOUBT}, and nothing else is.
 *
 * <p>Statements may be handed over together with their begin. Where that fails, or one of them, prepared ones are refused until the next begin or until
 * all is rolled back: outside of a transaction each would be committed by itself, and SQLite ends one by itself where a disk fails or is full or memory
 * is short.
 *
 * @see <a href="https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction">SQLite: response to errors within a transaction</a>
 */
public final class SteadyConnection implements InvocationHandler {
    /**
     * To be prepared instead of a statement: a batch of it is a transaction, all or nothing. Each of its rows is a statement and that one's values; those of the
     * same statement that follow each other are one batch of it. The client hands every statement, begin and commit to its worker by itself, and back what
     * came of each: so a whole transaction is handed over once.
     */
    public static final String TRANSACTION = "TRANSACTION";

    private final Database database;
    private Connection delegate;
    /** Statements of transactions, by their words: what each commit says is read by the database once for each connection. */
    private final Map<String, PreparedStatement> known = new HashMap<>();

    private boolean inTransaction;
    /** Why no transaction is to be counted on: the last did not begin, one of its statements failed, or its end; null: none of these. */
    private @Nullable SQLException broken;

    private boolean justEnded;
    private boolean closed;

    private SteadyConnection(Database database) throws SQLException {
        this.database = database;
        this.delegate = database.connect();
    }

    public static Connection open(Database database) throws SQLException {
        return (Connection) Proxy.newProxyInstance(
                SteadyConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new SteadyConnection(database));
    }

    @Override
    public synchronized @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args)
            throws Throwable {
        boolean afterEnd = justEnded;
        justEnded = false;
        switch (method.getName()) {
            case "setAutoCommit" -> {
                boolean begins = args != null && Boolean.FALSE.equals(args[0]);
                if (begins && !afterEnd) {
                    begin();
                }
                return null;
            }
            case "commit" -> {
                commit();
                return null;
            }
            case "rollback" -> {
                rollback();
                return null;
            }
            case "close" -> {
                closed = true;
                close();
                return null;
            }
            case "isClosed" -> {
                return closed;
            }
            case "prepareStatement" -> {
                return args != null && TRANSACTION.equals(args[0])
                        ? new TransactionRows().statement(this::carryOut)
                        : prepared(method, args);
            }
            default -> {
                return call(method, args);
            }
        }
    }

    private @Nullable Object prepared(Method method, Object @Nullable [] args) throws Throwable {
        if (broken != null) {
            String why = inTransaction ? "what came before it in the transaction failed" : "no transaction was begun";
            throw new SQLException(why, broken.getSQLState(), broken);
        }
        try {
            Object statement = call(method, args);
            return inTransaction && statement instanceof PreparedStatement prepared ? guarded(prepared) : statement;
        } catch (SQLException e) {
            failed(e);
            throw e;
        }
    }

    private synchronized void carryOut(TransactionRows rows) throws SQLException {
        begin();
        try {
            rows.carryOut(delegate, known);
        } catch (SQLException | RuntimeException | Error e) {
            // also where memory is short: what is left of it would be committed with the next
            rollback(e);
            justEnded = false;
            throw e;
        }
        try {
            commit();
        } finally {
            // it was not the client who ended it, so the client has nothing to add
            justEnded = false;
        }
    }

    /** It tells when it fails. */
    private Object guarded(PreparedStatement statement) {
        return Proxy.newProxyInstance(
                SteadyConnection.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, args) -> {
                    try {
                        return method.invoke(statement, args);
                    } catch (InvocationTargetException e) {
                        if (e.getCause() instanceof SQLException failure) {
                            failed(failure);
                        }
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    private synchronized void failed(SQLException why) {
        if (inTransaction && broken == null) {
            broken = why;
        }
    }

    private void begin() throws SQLException {
        broken = null;
        try {
            revive();
        } catch (SQLException e) {
            broken = e;
            throw e;
        }
        try {
            delegate.setAutoCommit(false);
            inTransaction = true;
        } catch (SQLException e) {
            broken = e;
            discard(e);
            throw e;
        }
    }

    /**
     * Where what is written would not be found again, nothing is: afterwards it could come back with its files. Looked at on this thread, for a
     * handover would cost more than the look.
     */
    private void commit() throws SQLException {
        if (broken != null) {
            SQLException why = new SQLException("a statement of it failed", broken.getSQLState(), broken);
            rollback(why);
            throw why;
        }
        try {
            database.verify();
        } catch (IOException e) {
            rollback(e);
            throw new SQLException("can't look whether the files are still there: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            rollback(e);
            throw e;
        }
        ended();
        try {
            // what that does by definition; SQLite's commit() would begin the next transaction at once
            delegate.setAutoCommit(true);
        } catch (SQLException e) {
            boolean inDoubt = database.mayBeCommitted(delegate, e);
            notEnded(e);
            if (inDoubt) {
                throw inDoubt(database.explain(e).getMessage(), e);
            }
            throw e;
        }
        try {
            database.verify();
        } catch (IOException | RuntimeException e) {
            throw inDoubt(e.getMessage(), e);
        }
    }

    private static KnitException inDoubt(@Nullable String words, Exception cause) {
        return new KnitException(ErrorCode.COMMIT_IN_DOUBT, String.valueOf(words), cause);
    }

    private void rollback(Throwable why) {
        try {
            rollback();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    private void rollback() throws SQLException {
        ended();
        try {
            delegate.rollback();
            delegate.setAutoCommit(true);
            broken = null;
        } catch (SQLException e) {
            notEnded(e);
            throw e;
        }
    }

    private void ended() {
        inTransaction = false;
        justEnded = true;
    }

    private void notEnded(SQLException why) {
        broken = why;
        discard(why);
    }

    private @Nullable Object call(Method method, Object @Nullable [] args) throws Throwable {
        if (!inTransaction) {
            revive();
        }
        try {
            return method.invoke(delegate, args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private void revive() throws SQLException {
        if (!closed && delegate.isClosed()) {
            known.clear();
            delegate = database.connect();
        }
    }

    private void discard(SQLException why) {
        try {
            close();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    private void close() throws SQLException {
        if (delegate.isClosed()) {
            return;
        }
        try (Connection last = delegate) {
            database.closing();
        } catch (IOException e) {
            throw new SQLException("can't write that it is closed: " + e.getMessage(), e);
        }
    }
}
