package io.knit.plugin.jdbc.database;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.FileException;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/** The folder of a server that does not run, held so that none begins to; and where SQLite itself runs. Its methods block. */
public final class SqliteFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteFolder.class);

    /** The store's file in it. */
    public static final String FILE = "knit.db";

    /** What holds it; it stays. */
    public static final String LOCK = FILE + ".lock";

    /** Where SQLite's native part is, where it can't be among the temporary files. Nothing is lost with it. */
    public static final String NATIVE = FILE + ".native";

    private static final String NATIVE_PLACE = "org.sqlite.tmpdir";

    private static final String LOADED_PATH = "org.sqlite.lib.path";
    private static final String LOADED_NAME = "org.sqlite.lib.name";

    private static final List<String> WITH_IT = List.of("", "-wal", "-shm", ".state");

    /** In this JVM; guarded by the class. */
    private static boolean isLoaded;

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
        makeRunnable(file);
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
            throw doesNotRun(e).orElseGet(() -> unsound(file, String.valueOf(e.getMessage()), e));
        }
    }

    /**
     * SQLite's native part is unpacked among the temporary files of the JVM and runs from there, which it can't where {@code /tmp} is mounted
     * {@code noexec} or is read-only. Then that is done beside the store, which nobody else has open; what a killed process left there goes.
     * Where somebody has said where, that holds.
     */
    static void makeRunnable(Path store) {
        choosePlace(store);
        load();
    }

    private static void choosePlace(Path store) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        if (System.getProperty(NATIVE_PLACE) != null || runsWhatIsIn(temporary)) {
            return;
        }
        Path beside = StoreFiles.beside(store, ".native");
        try {
            PrivateFiles.makeFolder(beside);
            try (Stream<Path> left = Files.list(beside)) {
                for (Path each : left.toList()) {
                    Files.delete(each);
                }
            }
            System.setProperty(NATIVE_PLACE, beside.toString());
        } catch (IOException e) {
            LOG.warn("SQLite's native part can't run from {}, and {} can't be used instead", temporary, beside, e);
        }
    }

    /**
     * The driver, which unpacks it otherwise, then compares it with the jar's byte by byte, in code that is interpreted yet: a twentieth of a server's start.
     * And it leaves it there when it is killed; ours is gone as soon as it is loaded. Where that does not succeed the driver goes its own way, and says what is
     * wrong. The properties are the whole JVM's, so they are there no longer than they are read.
     */
    private static synchronized void load() {
        String packed = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
        if (isLoaded || System.getProperty(LOADED_PATH) != null || System.getProperty(LOADED_NAME) != null) {
            return;
        }
        String place = System.getProperty(NATIVE_PLACE, System.getProperty("java.io.tmpdir", "/tmp"));
        try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(packed)) {
            if (in != null) {
                Path unpacked = Files.createTempFile(Path.of(place), "knit-sqlite", ".so");
                try {
                    try (OutputStream out = Files.newOutputStream(unpacked)) {
                        in.transferTo(out);
                    }
                    System.setProperty(LOADED_PATH, place);
                    System.setProperty(LOADED_NAME, String.valueOf(unpacked.getFileName()));
                    isLoaded = SQLiteJDBCLoader.initialize();
                } finally {
                    System.clearProperty(LOADED_PATH);
                    System.clearProperty(LOADED_NAME);
                    Files.deleteIfExists(unpacked);
                }
            }
        } catch (Exception e) {
            LOG.debug("SQLite's native part is left to the driver: {}", e.getMessage());
        }
    }

    /** By the right to run a file that all may run: a mount that runs nothing takes it away from everybody. */
    private static boolean runsWhatIsIn(Path folder) {
        try {
            Path probe = Files.createTempFile(folder, "knit", ".probe");
            try {
                return probe.toFile().setExecutable(true) && Files.isExecutable(probe);
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** What is said of SQLite's own part, where a failure is that it is not there. */
    static Optional<KnitException> doesNotRun(SQLException failure) {
        Throwable cause = failure.getCause();
        if (cause == null || !(cause instanceof NativeLibraryNotFoundException || cause instanceof FileException)) {
            return Optional.empty();
        }
        String where = System.getProperty(NATIVE_PLACE, System.getProperty("java.io.tmpdir", "/tmp"));
        return Optional.of(new KnitException(
                ErrorCode.STORE_UNAVAILABLE,
                "SQLite's native part can't be run from " + where + " ("
                        + cause.getMessage()
                        + "); give the JVM a folder of a disk that is not mounted noexec:"
                        + " KNIT_JAVA_OPTS=-D" + NATIVE_PLACE + "=DIR",
                failure));
    }

    /**
     * Changes one document of a store, which nobody has open; one that is not there stays so.
     *
     * @throws KnitException with {@code STORE_UNAVAILABLE} if that can't be written
     */
    public static void change(Path file, String table, String key, UnaryOperator<String> change) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        try (Connection connection = source.getConnection();
                PreparedStatement read =
                        connection.prepareStatement("SELECT body FROM document WHERE tbl = ? AND doc_key = ?");
                PreparedStatement write =
                        connection.prepareStatement("UPDATE document SET body = ? WHERE tbl = ? AND doc_key = ?")) {
            read.setString(1, table);
            read.setString(2, key);
            String before;
            try (ResultSet found = read.executeQuery()) {
                before = found.next() ? found.getString(1) : null;
            }
            if (before != null) {
                write.setString(1, change.apply(before));
                write.setString(2, table);
                write.setString(3, key);
                write.executeUpdate();
            }
        } catch (SQLException e) {
            throw new KnitException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "the store " + file + " can't be written (" + e.getMessage() + "); make room on the disk",
                    e);
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
