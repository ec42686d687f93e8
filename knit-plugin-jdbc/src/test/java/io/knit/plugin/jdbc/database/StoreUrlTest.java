package io.knit.plugin.jdbc.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreUrlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mysql://host/db?password=secret",
                "/var/lib/knit.db",
                "jdbc:sqlite:",
                "jdbc:sqlite::memory:",
                "jdbc:sqlite:file::memory:?cache=shared",
                "jdbc:sqlite:/tmp/x.db?synchronous=OFF",
                "jdbc:postgresql://[bad?password=secret"
            })
    void refusedWithoutShowingIt(String url) {
        assertThatThrownBy(() -> StoreUrl.open(url, false))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageNotContaining("secret");
    }

    @Test
    void aSqliteFile(@TempDir Path folder) {
        Database database = StoreUrl.open("jdbc:sqlite:" + folder + "/other.db", false);
        assertThat(database.name()).isEqualTo(folder + "/other.db");
        database.release();
    }

    @Test
    void postgresqlIsNamedAndExplainedWithoutItsPassword() {
        Database database = StoreUrl.open("jdbc:postgresql://host:5432/fleet?user=knit&password=secret", false);
        assertThat(database.name()).isEqualTo("jdbc:postgresql://host:5432/fleet");
        assertThat(database.explain(new SQLException("no answer", "08001")))
                .hasMessageContaining("can't be reached")
                .hasMessageNotContaining("secret");
    }
}
