package io.knit.plugin.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.plugin.jdbc.database.Database;
import io.knit.plugin.jdbc.database.DatabaseSession;
import io.knit.plugin.jdbc.database.SqliteDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {
    @TempDir
    Path folder;

    private static long count(DatabaseSession session, String from) throws SQLException {
        try (var row = session.prepared("SELECT COUNT(*) FROM " + from).executeQuery()) {
            return row.getLong(1);
        }
    }

    @Test
    void aStepIsDoneWholeOrNotAtAllAndTriedAgain() throws SQLException {
        Database database = SqliteDatabase.open(folder.resolve("knit.db"));
        DatabaseSession session = new DatabaseSession(database);
        try {
            List<String> first = List.of("CREATE TABLE a (n INTEGER)", "INSERT INTO a VALUES (1)");
            Migrations broken =
                    Migrations.of("test", List.of(first, List.of("INSERT INTO a VALUES (2)", "CREATE NONSENSE")));
            assertThatThrownBy(() -> broken.run(session, Instant.EPOCH)).isInstanceOf(SQLException.class);
            assertThat(count(session, "a")).isEqualTo(1);
            assertThat(count(session, "schema_version")).isEqualTo(1);

            Migrations mended = Migrations.of(
                    "test", List.of(first, List.of("INSERT INTO a VALUES (2)", "CREATE TABLE b (n INT)")));
            mended.run(session, Instant.EPOCH);
            mended.run(session, Instant.EPOCH);
            assertThat(count(session, "a")).isEqualTo(2);
            assertThat(count(session, "b")).isZero();
            assertThat(count(session, "schema_version")).isEqualTo(2);
        } finally {
            session.close();
            database.release();
        }
    }
}
