package io.knit.plugin.jdbc.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is always in a known state: in auto-commit outside of transactions, and alive when one begins.
 *
 * <p>vertx-jdbc-client up to 5.0.10 calls {@code setAutoCommit(false)} after each commit and rollback where it means {@code true}
 * (vertx-jdbc-client#356), so that what is written next is never committed; that one call is swallowed here. Its pool
 * also never looks whether a connection is still alive; so a lost one is replaced here before its next transaction. One whose begin,
 * commit or rollback failed is in an unknown state and thrown away.
 */
public final class SteadyConnection implements InvocationHandler {
    private final Database database;
    private Connection delegate;
    private boolean inTransaction;
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
                // what setAutoCommit does by definition; SQLite's commit() would begin the next transaction at once
                end(() -> delegate.setAutoCommit(true));
                return null;
            }
            case "rollback" -> {
                end(() -> {
                    delegate.rollback();
                    delegate.setAutoCommit(true);
                });
                return null;
            }
            case "close" -> {
                closed = true;
                delegate.close();
                return null;
            }
            case "isClosed" -> {
                return closed;
            }
            default -> {
                return call(method, args);
            }
        }
    }

    private void begin() throws SQLException {
        revive();
        try {
            delegate.setAutoCommit(false);
            inTransaction = true;
        } catch (SQLException e) {
            discard(e);
            throw e;
        }
    }

    private void end(SqlAction action) throws SQLException {
        inTransaction = false;
        try {
            action.run();
            justEnded = true;
        } catch (SQLException e) {
            discard(e);
            throw e;
        }
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
            delegate = database.connect();
        }
    }

    private void discard(SQLException why) {
        try {
            delegate.close();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    /** A step on a connection. */
    @FunctionalInterface
    private interface SqlAction {
        void run() throws SQLException;
    }
}
