package io.knit.plugin.jdbc;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.jdbc.database.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Brings a database to the schema of this version. The steps are the resources {@code 1.sql}, {@code 2.sql} and so on: a
 * statement ends with a semicolon at the end of a line. Each step is one transaction with its row in {@code schema_version}.
 */
final class Migrations {
    private static final int MOST_STEPS = 10_000;

    private final String databaseName;
    private final List<List<String>> steps;

    private Migrations(String databaseName, List<List<String>> steps) {
        this.databaseName = databaseName;
        this.steps = steps;
    }

    /** Reads the steps of a database from the class path; blocks. */
    static Migrations of(Database database) {
        List<List<String>> steps = new ArrayList<>();
        for (int number = 1; number <= MOST_STEPS; number++) {
            List<String> step = statements(database, Integer.toString(number));
            if (step.isEmpty()) {
                break;
            }
            steps.add(step);
        }
        return of(database.name(), steps);
    }

    /** The statements of one of a database's resources, none if there is no such; blocks. */
    static List<String> statements(Database database, String name) {
        try (InputStream in = Migrations.class.getResourceAsStream(database.migrations() + "/" + name + ".sql")) {
            return in == null ? List.of() : statements(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Migrations of(String databaseName, List<List<String>> steps) {
        return new Migrations(databaseName, List.copyOf(steps));
    }

    /** One a call: SQLite's driver runs only the first of several, silently. */
    private static List<String> statements(String script) {
        String code = script.replaceAll("(?m)^\\s*--.*$", "");
        return Arrays.stream(code.split(";\\s*(?:\\n|$)"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    /** Runs the steps that are missing, in order. */
    Future<Void> run(Pool pool, Instant now) {
        return pool.query("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at BIGINT)")
                .execute()
                .compose(done -> version(pool))
                .compose(version -> {
                    if (version > steps.size()) {
                        return Future.failedFuture(newer(version));
                    }
                    return from(pool, version, now);
                });
    }

    private static Future<Integer> version(Pool pool) {
        return pool.query("SELECT COALESCE(MAX(version), 0) FROM schema_version")
                .execute()
                .map(rows -> (int) (long) rows.iterator().next().getLong(0));
    }

    private Future<Void> from(Pool pool, int version, Instant now) {
        if (version == steps.size()) {
            return Future.succeededFuture();
        }
        return pool.withTransaction(connection -> step(connection, version, now))
                .compose(done -> from(pool, version + 1, now));
    }

    private Future<Void> step(SqlConnection connection, int version, Instant now) {
        Future<Void> before = Future.succeededFuture();
        for (String statement : steps.get(version)) {
            before =
                    before.compose(done -> connection.query(statement).execute().mapEmpty());
        }
        return before.compose(done -> connection
                .preparedQuery("INSERT INTO schema_version (version, applied_at) VALUES (?, ?)")
                .execute(Tuple.of(version + 1, now.toEpochMilli()))
                .mapEmpty());
    }

    private KnitException newer(int version) {
        return new KnitException(
                ErrorCode.STORE_UNAVAILABLE,
                "the store " + databaseName + " was written by a newer Knit (schema " + version + ", this one knows "
                        + steps.size() + "); start that version, or restore the backup from before the update");
    }
}
