package io.knit.plugin.jdbc.database;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The folder of a server that does not run, held so that none begins to. Its methods block. */
public final class SqliteFolder implements AutoCloseable {
    /** The store's file in it. */
    public static final String FILE = "knit.db";

    /** What holds it; it stays. */
    public static final String LOCK = FILE + ".lock";

    private static final List<String> WITH_IT = List.of("", "-wal", "-shm", ".state");

    private final Path store;
    private final StoreLock lock;

    private SqliteFolder(Path store, StoreLock lock) {
        this.store = store;
        this.lock = lock;
    }

    /**
     * Holds it.
     *
     * @throws KnitException with {@code IN_USE} where a server runs on it
     */
    public static SqliteFolder hold(Path folder) throws IOException {
        PrivateFiles.makeFolder(folder);
        Path store = folder.toRealPath().resolve(FILE);
        Path lockFile = StoreFiles.beside(store, ".lock");
        PrivateFiles.make(lockFile);
        return new SqliteFolder(store, StoreLock.acquire(lockFile, store));
    }

    /**
     * Has SQLite read all of a store, which nobody has open.
     *
     * @throws KnitException with {@code STORE_UNAVAILABLE} if it is not sound
     */
    public static void check(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("PRAGMA integrity_check")) {
            String words = found.next() ? found.getString(1) : "nothing";
            if (!words.equals("ok")) {
                throw unsound(file, words, null);
            }
        } catch (SQLException e) {
            throw unsound(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static KnitException unsound(
            Path file, String words, @org.jspecify.annotations.Nullable SQLException cause) {
        return new KnitException(
                ErrorCode.STORE_UNAVAILABLE,
                "the store " + file + " is damaged, SQLite says of it: " + words + "; take another backup",
                cause);
    }

    /** Moves the store, if there is one, with all that belongs to it. */
    public void moveTo(Path folder) throws IOException {
        for (String suffix : WITH_IT) {
            Path each = StoreFiles.beside(store, suffix);
            if (Files.exists(each)) {
                Files.move(each, folder.resolve(each.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    /** Puts a store there, where there is none: whole or not at all. */
    public void place(Path file) throws IOException {
        Files.move(file, store, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.syncFolder(store);
    }

    @Override
    public void close() throws IOException {
        lock.release();
    }
}
