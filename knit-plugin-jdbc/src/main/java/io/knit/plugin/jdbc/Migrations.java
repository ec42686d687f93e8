package io.knit.plugin.jdbc;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.jdbc.database.Database;
import io.knit.plugin.jdbc.database.DatabaseSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

    /** Runs the steps that are missing, in order; blocks. */
    void run(DatabaseSession session, Instant now) throws SQLException {
        session.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at BIGINT)");
        int version = version(session);
        if (version > steps.size()) {
            throw newer(version);
        }
        for (int done = version; done < steps.size(); done++) {
            int next = done;
            session.transaction(open -> step(open, next, now));
        }
    }

    private static int version(DatabaseSession session) throws SQLException {
        try (ResultSet row = session.prepared("SELECT COALESCE(MAX(version), 0) FROM schema_version")
                .executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private boolean step(DatabaseSession session, int version, Instant now) throws SQLException {
        for (String statement : steps.get(version)) {
            session.execute(statement);
        }
        PreparedStatement note = session.prepared("INSERT INTO schema_version (version, applied_at) VALUES (?, ?)");
        note.setInt(1, version + 1);
        note.setLong(2, now.toEpochMilli());
        note.executeUpdate();
        return true;
    }

    private KnitException newer(int version) {
        return new KnitException(
                ErrorCode.STORE_UNAVAILABLE,
                "the store " + databaseName + " was written by a newer Knit (schema " + version + ", this one knows "
                        + steps.size() + "); start that version, or restore the backup from before the update");
    }
}
