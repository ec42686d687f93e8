package io.knit.plugin.jdbc;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.jdbc.database.Database;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Commits of it fail as the test says, though they are stored; none of the failures concerns another commit. */
final class DoubtfulDatabase implements Database {
    private final Database wrapped;
    private final Queue<SQLException> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger looksUntilLost = new AtomicInteger(Integer.MAX_VALUE);

    DoubtfulDatabase(Database wrapped) {
        this.wrapped = wrapped;
    }

    /** The next commit that nothing is said of yet is stored, and fails so. */
    void failNext(SQLException failure) {
        failures.add(failure);
    }

    /** Of the looks at the files, how many find them before one does not. */
    void loseFilesAfter(int looks) {
        looksUntilLost.set(looks);
    }

    @Override
    public void verify() {
        if (looksUntilLost.getAndDecrement() == 0) {
            throw new KnitException(ErrorCode.STORE_UNAVAILABLE, "the files are gone");
        }
    }

    @Override
    public Connection connect() throws SQLException {
        Connection connection = wrapped.connect();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    Object answer;
                    try {
                        answer = method.invoke(connection, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    boolean commits = method.getName().equals("setAutoCommit") && Boolean.TRUE.equals(args[0]);
                    SQLException failure = commits ? failures.poll() : null;
                    if (failure != null) {
                        throw failure;
                    }
                    return answer;
                });
    }

    @Override
    public boolean mayBeCommitted(Connection connection, SQLException failure) {
        return "doubt".equals(failure.getMessage());
    }

    @Override
    public boolean concernsAll(SQLException failure) {
        return false;
    }

    @Override
    public String name() {
        return wrapped.name();
    }

    @Override
    public String migrations() {
        return wrapped.migrations();
    }

    @Override
    public KnitException explain(SQLException failure) {
        return "replaced".equals(failure.getMessage())
                ? new KnitException(ErrorCode.IN_USE, "another server opened it")
                : wrapped.explain(failure);
    }

    @Override
    public boolean connectionLost(SQLException failure) {
        return wrapped.connectionLost(failure);
    }

    @Override
    public void release() {
        wrapped.release();
    }
}
