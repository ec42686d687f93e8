package io.knit.plugin.jdbc;

import io.knit.api.error.KnitException;
import io.knit.plugin.jdbc.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Hands the test the connection that it gave last, and gives none while it is told so. */
final class LossyDatabase implements Database {
    private final Database wrapped;
    private volatile @Nullable Connection last;
    private volatile boolean refusing;

    LossyDatabase(Database wrapped) {
        this.wrapped = wrapped;
    }

    void refuse(boolean refuse) {
        refusing = refuse;
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

    @Override
    public Connection connect() throws SQLException {
        if (refusing) {
            throw new SQLException("refused for the test");
        }
        last = wrapped.connect();
        return last;
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
