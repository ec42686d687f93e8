package io.knit.bench.durable;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.BooleanSupplier;
import org.sqlite.SQLiteConfig;

/** SQLite with the settings of Knit's store: WAL, and a sync at every commit. A row in each. */
final class SqliteRows implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement insert;
    private long keys;

    SqliteRows(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        connection = config.createConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE row (id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)");
        }
        insert = connection.prepareStatement("INSERT INTO row VALUES (?, ?)");
    }

    /** Inserts one by one; gives how many. */
    long insert(BooleanSupplier more, String body) throws SQLException {
        long inserted = 0;
        while (more.getAsBoolean()) {
            insert.setString(1, "row-" + ++keys);
            insert.setString(2, body);
            insert.executeUpdate();
            inserted++;
        }
        return inserted;
    }

    @Override
    public void close() throws SQLException {
        insert.close();
        connection.close();
    }
}
