package io.knit.plugin.jdbc.database;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/** A SQLite file, locked against a second server and readable by its owner only. */
public final class SqliteDatabase implements Database {
    private static final int BUSY_TIMEOUT_MS = 5_000;

    /** What a backup leaves of the disk to those who change something meanwhile. */
    private static final long SPARE = 128L << 20;

    private final Path file;
    private final StoreLock lock;
    private final SQLiteDataSource dataSource;
    private final StoreFiles files;

    private SqliteDatabase(Path file, StoreLock lock, StoreFiles files, SQLiteConfig config) {
        this.file = file;
        this.files = files;
        this.lock = lock;
        this.dataSource = new SQLiteDataSource(config);
        dataSource.setUrl("jdbc:sqlite:" + file);
    }

    public static SqliteDatabase open(Path path) {
        return open(path, false);
    }

    /** @param newCluster whether an empty store may be begun where there was one */
    public static SqliteDatabase open(Path path, boolean newCluster) {
        return open(path, newCluster, durable());
    }

    /** @param config {@link #durable}, or in tests with a limit added */
    public static SqliteDatabase open(Path path, SQLiteConfig config) {
        return open(path, false, config);
    }

    private static SqliteDatabase open(Path path, boolean newCluster, SQLiteConfig config) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            PrivateFiles.makeFolder(Objects.requireNonNullElse(absolute.getParent(), absolute));
            if (Files.isDirectory(absolute)) {
                throw unavailable(absolute + " is a folder; give the store's file", null);
            }
            return locked(real(absolute), newCluster, config);
        } catch (IOException e) {
            throw cannotOpen(absolute, e);
        }
    }

    public static KnitException cannotOpen(Path file, IOException why) {
        String reason = String.valueOf(why.getMessage());
        // the reason is in the user's language
        boolean full = reason.contains("No space left") || reason.contains("quota exceeded");
        String mend = why instanceof AccessDeniedException
                ? "give the server the right to write there"
                : full ? "make room on its disk" : "make room on its disk, give the server the right to write there";
        return unavailable(
                "can't make or open the store " + file + " (" + why + "); " + mend + ", or give another --data-dir",
                why);
    }

    private static SqliteDatabase locked(Path file, boolean newCluster, SQLiteConfig config) throws IOException {
        Path lockFile = StoreFiles.beside(file, ".lock");
        PrivateFiles.make(lockFile);
        StoreLock lock = StoreLock.acquire(lockFile, file);
        try {
            StoreFiles files = new StoreFiles(file);
            files.check(newCluster);
            SqliteFolder.makeRunnable(file);
            PrivateFiles.make(file);
            // SQLite gives the mode of the file to those that it makes beside it; these are left over from a crash
            PrivateFiles.makePrivate(StoreFiles.beside(file, "-wal"));
            PrivateFiles.makePrivate(StoreFiles.beside(file, "-shm"));
            return new SqliteDatabase(file, lock, files, config);
        } catch (IOException | RuntimeException e) {
            lock.release();
            throw e;
        }
    }

    private static Path real(Path absolute) throws IOException {
        if (Files.exists(absolute)) {
            return absolute.toRealPath();
        }
        Path folder = Objects.requireNonNull(absolute.getParent(), "parent");
        return folder.toRealPath().resolve(Objects.requireNonNull(absolute.getFileName(), "file name"));
    }

    /**
     * WAL with a sync at every commit: what was committed outlives power loss. Transactions take the write lock when they
     * begin, for one that takes it later fails at once when another wrote meanwhile.
     */
    public static SQLiteConfig durable() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(BUSY_TIMEOUT_MS);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        return config;
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public String migrations() {
        return "sqlite";
    }

    @Override
    public Connection connect() throws SQLException {
        files.connected();
        return dataSource.getConnection();
    }

    @Override
    public KnitException explain(SQLException failure) {
        return SqliteFolder.doesNotRun(failure)
                .orElseGet(() -> unavailable("the store " + file + " " + words(failure), failure));
    }

    private String words(SQLException failure) {
        return switch (code(failure)) {
            case SQLITE_FULL -> "can't be written, the disk is full; make room on it";
            case SQLITE_READONLY -> "is read-only; give the server the right to write the file and its folder";
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
                "can't be opened; give the server the right to write the file and its folder";
            case SQLITE_NOTADB ->
                "is not a database, or not one of SQLite; restore it from a backup, or move it away to start empty";
            case SQLITE_CORRUPT -> "is damaged; restore it from a backup, or move it away to start empty";
            case SQLITE_BUSY, SQLITE_LOCKED ->
                "is locked by another program for more than " + BUSY_TIMEOUT_MS / 1000
                        + " s; close what else has it open, such as a sqlite3 shell";
            case SQLITE_IOERR -> "can't be read or written (" + failure.getMessage() + "); look at the disk";
            default -> "failed: " + failure.getMessage();
        };
    }

    @Override
    public boolean concernsAll(SQLException failure) {
        return switch (code(failure)) {
            // a smaller commit may still fit on a full disk
            case SQLITE_READONLY,
                    SQLITE_CANTOPEN,
                    SQLITE_NOTADB,
                    SQLITE_CORRUPT,
                    SQLITE_BUSY,
                    SQLITE_LOCKED,
                    SQLITE_IOERR -> true;
            default -> false;
        };
    }

    @Override
    public boolean connectionLost(SQLException failure) {
        return false;
    }

    /** One that could not be brought to the disk is whole in the log, where SQLite finds it when it opens that anew. */
    @Override
    public boolean mayBeCommitted(Connection connection, SQLException failure) {
        return code(failure) == SQLiteErrorCode.SQLITE_IOERR;
    }

    /** The primary code, without the byte that says more. */
    private static SQLiteErrorCode code(SQLException failure) {
        return SQLiteErrorCode.getErrorCode(failure.getErrorCode() & 0xff);
    }

    private static KnitException unavailable(String words, @Nullable Throwable cause) {
        return new KnitException(ErrorCode.STORE_UNAVAILABLE, words, cause);
    }

    /** Over a connection of its own, which reads what is committed by then: in WAL who reads holds up nobody who writes. */
    @Override
    public void backUp(Path into) throws SQLException, IOException {
        requireRoom(Objects.requireNonNull(into.toAbsolutePath().getParent(), "folder"));
        PrivateFiles.make(into);
        try (Connection reading = dataSource.getConnection();
                PreparedStatement copy = reading.prepareStatement("VACUUM INTO ?")) {
            copy.setString(1, into.toString());
            copy.execute();
        }
        SqliteFolder.check(into);
    }

    /** For the copy and the file that is made of it, while the store's log grows: who reads keeps it from being emptied. */
    private void requireRoom(Path folder) throws IOException {
        Path log = StoreFiles.beside(file, "-wal");
        long stored = Files.size(file) + (Files.exists(log) ? Files.size(log) : 0);
        long needed = 2 * stored + SPARE;
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < needed) {
            throw new KnitException(
                    ErrorCode.BUSY,
                    "the server's disk has too little room for a backup: it takes " + (needed >> 20)
                            + " MiB for a while, and " + (free >> 20)
                            + " MiB are free; make room in its data folder. Nothing was made");
        }
    }

    /** Rewrites the file without its free pages and the free room in the others, and empties the log that has their old contents. */
    @Override
    public void wipe() throws SQLException {
        try (Connection own = dataSource.getConnection();
                Statement statement = own.createStatement()) {
            statement.execute("VACUUM");
            try (ResultSet emptied = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                if (emptied.next() && emptied.getInt(1) != 0) {
                    throw new SQLException("its log is read by another program", "", SQLiteErrorCode.SQLITE_BUSY.code);
                }
            }
        }
    }

    @Override
    public void opened() throws IOException {
        files.opened();
    }

    @Override
    public void closing() throws IOException {
        files.closing();
    }

    @Override
    public void verify() throws IOException {
        files.verify();
    }

    @Override
    public void release() {
        try {
            lock.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
