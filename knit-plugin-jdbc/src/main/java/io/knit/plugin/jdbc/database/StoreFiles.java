package io.knit.plugin.jdbc.database;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a SQLite file which is gone, empty or without its log is never taken for a new one: SQLite would begin an empty database without a
 * word, and an empty database is a new cluster. The file {@code .state} beside it remembers what there was; a store of an older release has none yet.
 *
 * <p>It follows the connection: SQLite removes the log with its last one, so it says {@code closed} before each that is closed, and {@code open} from the
 * first commit of each on. Thread-safe.
 */
final class StoreFiles {
    private static final String FOUNDING = "founding";
    private static final String OPEN = "open";
    private static final String CLOSED = "closed";
    /** SQLite's own header; a shorter file holds nothing, though SQLite would take it for an empty database. */
    private static final int SHORTEST = 100;

    private final Path file;
    private final Path log;
    private final Path state;
    private @Nullable String fileKey;
    private @Nullable String logKey;
    /** SQLite removes the log with its last connection and makes another with the next: the present one was not looked at yet. */
    private boolean logIsAnother;

    StoreFiles(Path file) {
        this.file = file;
        this.log = beside(file, "-wal");
        this.state = beside(file, ".state");
    }

    static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    /**
     * To be called before SQLite sees the file.
     *
     * @param newCluster whether it is meant that an empty store is begun where there was one
     * @throws KnitException with {@code STORE_UNAVAILABLE} if what was kept is not there
     */
    synchronized void check(boolean newCluster) throws IOException {
        long size = Files.exists(file) ? Files.size(file) : -1;
        List<String> kept = Files.exists(state) ? Files.readAllLines(state, StandardCharsets.UTF_8) : List.of();
        String before = kept.isEmpty() ? "" : kept.get(0);
        if (size > 0 && size < SHORTEST) {
            throw refused("has only " + size
                    + " bytes, which is no database; restore it with its -wal file from a backup, or move it"
                    + " away and start with --new-cluster to begin with an empty one");
        }
        if (size <= 0) {
            boolean first = before.equals(FOUNDING) || (before.isEmpty() && size < 0 && !Files.exists(log));
            if (!first && !newCluster) {
                throw refused(
                        (size < 0 ? "is gone" : "is empty")
                                + ", though there was a store; restore it with its -wal file from a backup, or start with --new-cluster to"
                                + " begin with an empty one: then agents of the old cluster wait for it, and must be moved by hand");
            }
            if (Files.exists(log)) {
                Files.move(log, beside(file, "-wal.old"), StandardCopyOption.REPLACE_EXISTING);
            }
            write(FOUNDING);
            return;
        }
        boolean sameFile = kept.size() > 1 && kept.get(1).equals(key(file));
        if (before.equals(OPEN) && sameFile && !Files.exists(log)) {
            throw refused("was not closed by the last server, and its log " + log.getFileName()
                    + " with the newest commits is gone; put that back, or restore both from a backup. To go on with what the store"
                    + " has, or where another program closed it, remove " + state);
        }
        if (!before.equals(FOUNDING)) {
            fileKey = key(file);
        }
    }

    /** To be called when SQLite has it open, with its tables. */
    synchronized void opened() throws IOException {
        fileKey = key(file);
        logIsAnother = true;
        lookAtLog();
    }

    /** To be called with each new connection. */
    synchronized void connected() {
        logIsAnother = true;
    }

    /** To be called before a connection is closed that may be SQLite's last, which then removes the log. */
    synchronized void closing() throws IOException {
        if (fileKey != null && isOpened()) {
            write(CLOSED);
        }
    }

    /**
     * To be called before each commit, and again before it is said to be safe.
     *
     * @throws KnitException with {@code STORE_UNAVAILABLE} if SQLite writes to files that nobody finds again
     */
    synchronized void verify() throws IOException {
        if (fileKey != null && !isOpened()) {
            throw refused(
                    "or its log was removed or replaced while the server runs; nothing is accepted any more. Put both back as they"
                            + " were, or stop the server and restore them from a backup");
        }
        lookAtLog();
    }

    /** From now on the log is needed. */
    private void lookAtLog() throws IOException {
        if (logIsAnother && Files.exists(log)) {
            logIsAnother = false;
            logKey = key(log);
            if (fileKey != null) {
                write(OPEN);
            }
        }
    }

    private boolean isOpened() throws IOException {
        return Objects.equals(fileKey, key(file)) && (logIsAnother || Objects.equals(logKey, key(log)));
    }

    /** What the system knows the file by; empty if there is none. */
    private static String key(Path path) throws IOException {
        if (!Files.exists(path)) {
            return "";
        }
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key == null ? "there" : key.toString();
    }

    /** Where it can't be written, what it would protect is only less protected: a full disk must not keep a server from its start. */
    private void write(String word) throws IOException {
        String text = word + "\n" + key(file)
                + "\nKnit wrote this to tell a lost store from a new one; docs/security.md tells more.\n";
        Path fresh = beside(file, ".state.new");
        try {
            PrivateFiles.make(fresh);
            Files.writeString(fresh, text, StandardCharsets.UTF_8);
            Files.move(fresh, state, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(state);
        }
    }

    private KnitException refused(String words) {
        return new KnitException(ErrorCode.STORE_UNAVAILABLE, "the store " + file + " " + words);
    }
}
