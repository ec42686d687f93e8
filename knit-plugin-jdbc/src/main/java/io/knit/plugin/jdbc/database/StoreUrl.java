package io.knit.plugin.jdbc.database;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Reads the setting {@code store-url}. */
public final class StoreUrl {
    public static final String STORE_URL = "store-url";

    private static final String SQLITE = "jdbc:sqlite:";
    private static final String POSTGRESQL = "jdbc:postgresql:";

    private StoreUrl() {}

    /**
     * Opens what the url names. Blocks on files.
     *
     * @param newCluster whether an empty store may be begun where there was one
     * @throws KnitException with {@code INVALID_CONFIGURATION} for a url that Knit does not know
     */
    public static Database open(String url, boolean newCluster) {
        if (url.startsWith(SQLITE)) {
            return SqliteDatabase.open(path(url.substring(SQLITE.length())), newCluster);
        }
        if (url.startsWith(POSTGRESQL)) {
            return PostgresDatabase.open(url);
        }
        throw wrong("begins with neither " + SQLITE + " nor " + POSTGRESQL);
    }

    private static Path path(String text) {
        if (text.isBlank() || text.contains(":memory:")) {
            throw wrong("names no file, and what is accepted must outlive the process");
        }
        if (text.contains("?") || text.startsWith("file:")) {
            throw wrong("has settings in it, but Knit chooses SQLite's settings itself");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw wrong("has a path that this system does not know");
        }
    }

    /** Never with the url itself, which may hold a password. */
    private static KnitException wrong(String what) {
        return new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                "the setting " + STORE_URL + " " + what
                        + "; give jdbc:sqlite:/path/to/knit.db or jdbc:postgresql://host/database");
    }
}
