package io.knit.plugin.jdbc;

import io.knit.api.error.KnitException;
import io.knit.plugin.jdbc.database.Database;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the transactions that begin. */
final class CountingDatabase implements Database {
    private final Database counted;
    private final AtomicInteger transactions = new AtomicInteger();

    CountingDatabase(Database counted) {
        this.counted = counted;
    }

    int transactions() {
        return transactions.get();
    }

    @Override
    public Connection connect() throws SQLException {
        Connection connection = counted.connect();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("setAutoCommit") && Boolean.FALSE.equals(args[0])) {
                        transactions.incrementAndGet();
                    }
                    try {
                        return method.invoke(connection, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public String name() {
        return counted.name();
    }

    @Override
    public String migrations() {
        return counted.migrations();
    }

    @Override
    public KnitException explain(SQLException failure) {
        return counted.explain(failure);
    }

    @Override
    public boolean concernsAll(SQLException failure) {
        return counted.concernsAll(failure);
    }

    @Override
    public boolean connectionLost(SQLException failure) {
        return counted.connectionLost(failure);
    }

    @Override
    public void release() {
        counted.release();
    }
}
