package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.plugin.jdbc.database.SqliteDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteConfig;

/** A store that was lost is never taken for a new one. */
class StoreFilesTest {
    private static final Vertx VERTX = Vertx.vertx();

    @TempDir
    Path folder;

    private Path file;
    private Path log;
    private @Nullable JdbcStore store;

    @BeforeEach
    void paths() {
        file = folder.resolve("knit.db");
        log = folder.resolve("knit.db-wal");
    }

    @AfterEach
    void close() {
        if (store != null) {
            await(store.close());
        }
    }

    @AfterAll
    static void closeVertx() {
        await(VERTX.close());
    }

    private JdbcStore open(boolean newCluster) {
        return opened(SqliteDatabase.open(file, newCluster));
    }

    /** It waits for no other program. */
    private JdbcStore openImpatiently() {
        SQLiteConfig config = SqliteDatabase.durable();
        config.setBusyTimeout(0);
        return opened(SqliteDatabase.open(file, config));
    }

    private JdbcStore opened(SqliteDatabase database) {
        JdbcStore opened = await(JdbcStore.open(VERTX, database));
        store = opened;
        return opened;
    }

    private void closedStoreWithOneDocument() {
        await(open(false).commit(List.of(StoreWrite.put("t", "k", "v"))));
        close();
        store = null;
    }

    /** What a killed server leaves, in this folder. */
    private void killedStore() throws IOException {
        JdbcStore opened = open(false);
        await(opened.commit(List.of(StoreWrite.put("t", "k", "v"))));
        Path copy = Files.createDirectory(folder.resolve("copy"));
        for (String name : List.of("knit.db", "knit.db-wal", "knit.db.state")) {
            Files.copy(folder.resolve(name), copy.resolve(name));
        }
        close();
        store = null;
        // in place, so that it is the same file
        Files.write(file, Files.readAllBytes(copy.resolve("knit.db")));
        Files.write(log, Files.readAllBytes(copy.resolve("knit.db-wal")));
        Files.write(folder.resolve("knit.db.state"), Files.readAllBytes(copy.resolve("knit.db.state")));
    }

    /** In place, so that it is the same file; without a log. */
    private void restore(Path copy) throws IOException {
        Files.write(file, Files.readAllBytes(copy.resolve("knit.db")));
        Files.write(folder.resolve("knit.db.state"), Files.readAllBytes(copy.resolve("knit.db.state")));
        Files.deleteIfExists(log);
    }

    private Path copy(String name) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        for (String each : List.of("knit.db", "knit.db.state")) {
            Files.copy(folder.resolve(each), copy.resolve(each));
        }
        return copy;
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(() -> open(false))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE))
                .hasMessageContainingAll(words);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "a file that is gone, or empty, is refused with what to do; an older release's store that is empty, too")
    void lost(boolean known) throws IOException {
        closedStoreWithOneDocument();
        if (!known) {
            Files.delete(folder.resolve("knit.db.state"));
        }
        Files.write(file, new byte[0]);
        assertRefused("is empty", "backup", "--new-cluster");
        assertThat(Files.size(file)).isZero();
        if (known) {
            Files.delete(file);
            assertRefused("is gone", "backup", "--new-cluster");
            assertThat(file).doesNotExist();
        }
        assertThat(await(open(true).load())).isEmpty();
        close();
        assertThat(await(open(false).load())).isEmpty();
    }

    @Test
    @DisplayName("a file of one byte is no database, whatever SQLite says")
    void oneByte() throws IOException {
        Files.write(file, new byte[] {1});
        assertRefused("1 bytes", "backup", "--new-cluster");
        assertThatThrownBy(() -> open(true)).hasMessageContaining("move it away");
    }

    @Test
    @DisplayName("without the log of a server that was killed nothing starts; with it, or where one says so, it does")
    void logLost() throws IOException {
        killedStore();
        byte[] content = Files.readAllBytes(log);
        Files.delete(log);
        assertRefused("knit.db-wal", "backup", "knit.db.state");
        Files.write(log, content);
        assertThat(await(open(false).load())).hasSize(1);
    }

    @Test
    @DisplayName("a backup in place of the killed server's file is taken")
    void restored() throws IOException {
        closedStoreWithOneDocument();
        byte[] backup = Files.readAllBytes(file);
        killedStore();
        Files.delete(log);
        Files.move(file, folder.resolve("broken"));
        Files.write(file, backup);
        assertThat(await(open(false).load())).hasSize(1);
    }

    @Test
    @DisplayName("a store of an older release, which remembers nothing, starts as ever, killed or not")
    void olderRelease() throws IOException {
        closedStoreWithOneDocument();
        Files.delete(folder.resolve("knit.db.state"));
        assertThat(await(open(false).load())).hasSize(1);
        close();
        killedStore();
        Files.delete(folder.resolve("knit.db.state"));
        assertThat(await(open(false).load())).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"knit.db", "knit.db-wal"})
    @DisplayName("a file that is removed under the running server: nothing more is accepted or kept, until it is back")
    void removedUnderIt(String name) throws IOException {
        JdbcStore running = open(false);
        await(running.commit(List.of(StoreWrite.put("t", "k", "v"))));
        Path aside = folder.resolve("aside");
        Files.move(folder.resolve(name), aside);
        Future<Void> lost = running.commit(List.of(StoreWrite.put("t", "k2", "v")));
        assertThat(failure(lost).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(failure(lost).getMessage()).contains("removed", "backup");
        Files.move(aside, folder.resolve(name));
        await(running.commit(List.of(StoreWrite.put("t", "k3", "v"))));
        assertThat(await(running.load())).extracting(StoredDocument::key).containsExactly("k", "k3");
        close();
        assertThat(await(open(false).load())).extracting(StoredDocument::key).containsExactly("k", "k3");
    }

    /** Which throws the connection away, and the log with it if no other program has it open. */
    private void commitFails(JdbcStore running) throws SQLException {
        try (Connection shell = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = shell.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            Future<Void> busy = running.commit(List.of(StoreWrite.put("t", "busy", "v")));
            assertThat(failure(busy)).hasMessageContaining("locked by another program");
            statement.execute("ROLLBACK");
        }
    }

    @Test
    @DisplayName(
            "after a commit that failed the server is stopped, or killed, and starts again; or goes on, and then its log is needed again")
    void failedCommit() throws Exception {
        JdbcStore running = openImpatiently();
        await(running.commit(List.of(StoreWrite.put("t", "k", "v"))));
        commitFails(running);
        assertThat(log).as("else this shows nothing").doesNotExist();
        Path killed = copy("killed");
        close();
        assertThat(await(open(false).load())).hasSize(1);
        close();
        restore(killed);
        running = openImpatiently();
        assertThat(await(running.load())).hasSize(1);

        commitFails(running);
        await(running.commit(List.of(StoreWrite.put("t", "k2", "v"))));
        Path killedLater = copy("later");
        close();
        store = null;
        restore(killedLater);
        assertRefused("knit.db-wal", "backup", "knit.db.state");
    }

    @Test
    @DisplayName(
            "after a kill, a start that fails, for which SQLite needs the log no more, does not make the store look unsound")
    void failedStart() throws Exception {
        JdbcStore running = open(false);
        await(running.commit(List.of(StoreWrite.put("t", "k", "v"))));
        try (Connection shell = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = shell.createStatement()) {
            statement.execute("INSERT INTO schema_version (version, applied_at) VALUES (99, 0)");
        }
        Path killed = copy("killed");
        byte[] content = Files.readAllBytes(log);
        close();
        store = null;
        restore(killed);
        Files.write(log, content);
        assertRefused("newer Knit");
        assertThat(log).as("else this shows nothing").doesNotExist();
        assertRefused("newer Knit");
    }
}
