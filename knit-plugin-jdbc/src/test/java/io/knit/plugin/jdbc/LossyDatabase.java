package io.knit.plugin.jdbc;

import io.knit.api.error.KnitException;
import io.knit.plugin.jdbc.database.Database;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Hands the test the connection that it gave last, says what was prepared, and gives none, or has no memory, while it is told so. */
final class LossyDatabase implements Database {
    private final Database wrapped;
    private volatile @Nullable Connection last;
    private final List<String> prepared = new CopyOnWriteArrayList<>();
    private volatile boolean refusing;
    private volatile String shortOfMemory = "";

    LossyDatabase(Database wrapped) {
        this.wrapped = wrapped;
    }

    void refuse(boolean refuse) {
        refusing = refuse;
    }

    /** There is no memory for statements of these words. */
    void shortOfMemoryFor(String words) {
        shortOfMemory = words;
    }

    /** The connection that it gave last ends, and it gives none any more. */
    void loseIt() {
        refusing = true;
        try {
            last().close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Connection last() {
        if (last == null) {
            throw new IllegalStateException("none was opened");
        }
        return last;
    }

    /** The words of all that was prepared on any of its connections. */
    List<String> prepared() {
        return prepared;
    }

    @Override
    public Connection connect() throws SQLException {
        if (refusing) {
            throw new SQLException("refused for the test");
        }
        Connection made = wrapped.connect();
        last = made;
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("prepareStatement")) {
                        prepared.add((String) args[0]);
                        if (args[0].equals(shortOfMemory)) {
                            throw new OutOfMemoryError("for the test");
                        }
                    }
                    try {
                        return method.invoke(made, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
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
        return wrapped.explain(failure);
    }

    @Override
    public boolean concernsAll(SQLException failure) {
        return wrapped.concernsAll(failure);
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
