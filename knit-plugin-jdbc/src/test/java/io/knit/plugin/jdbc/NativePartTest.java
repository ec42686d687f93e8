package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.jdbc.database.SqliteDatabase;
import io.knit.plugin.jdbc.database.SqliteFolder;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where nothing among the temporary files can run. Each in a process of its own, for a JVM loads SQLite's native part once. */
class NativePartTest {
    private static final String FIRST = "opened, checked";

    @TempDir
    Path dir;

    private Path temporary;
    private Path store;

    @BeforeEach
    void folders() throws IOException {
        temporary = Files.createDirectories(dir.resolve("tmp"));
        store = dir.resolve("data/knit.db");
    }

    /** A server's start and a restore's look at a store, in little. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] args) {
            Path file = Path.of(args[0]);
            // as Knit's own is: another one makes a folder among the temporary files, and that of those, too
            Vertx vertx = Vertx.vertx(new VertxOptions()
                    .setFileSystemOptions(new FileSystemOptions()
                            .setClassPathResolvingEnabled(false)
                            .setFileCachingEnabled(false)));
            try {
                if (args.length > 1) {
                    SqliteFolder.check(file);
                }
                JdbcStore opened = await(JdbcStore.open(vertx, SqliteDatabase.open(file)));
                await(opened.close());
                SqliteFolder.check(file);
                System.out.println(FIRST);
            } catch (RuntimeException e) {
                System.out.println(e.getMessage());
            }
            await(vertx.close());
        }
    }

    /** One that is not there Netty would make. */
    private Path noFolder() throws IOException {
        return Files.writeString(dir.resolve("no-folder"), "");
    }

    private List<String> java(String... more) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(more));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Opening.class.getName(), store.toString()));
        return command;
    }

    private static String said(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return said;
    }

    /** The same with these folders mounted so that nothing in them runs. */
    private static List<String> noexec(List<String> command, Path... folders) throws Exception {
        StringBuilder script = new StringBuilder("set -e\n");
        for (Path folder : folders) {
            script.append("mount -t tmpfs -o noexec tmpfs '").append(folder).append("'\n");
        }
        List<String> apart = List.of("unshare", "--mount", "--propagation", "private", "sh", "-c");
        List<String> tried = new ArrayList<>(apart);
        tried.add(script.toString());
        // in CI it fails, rather than skip
        Assumptions.assumeTrue(
                System.getenv("CI") != null || canDo(tried), "who is not root can mount nothing for the test");
        List<String> all = new ArrayList<>(apart);
        all.add(script + "exec \"$@\"");
        all.add("sh");
        all.addAll(command);
        return all;
    }

    private static boolean canDo(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void usuallyItIsAmongTheTemporaryFiles() throws Exception {
        assertThat(said(java("-Djava.io.tmpdir=" + temporary))).contains(FIRST);
        assertThat(store.resolveSibling(SqliteFolder.NATIVE)).doesNotExist();
    }

    /** The driver's own copies stay until it ends, and for ever where it is killed. */
    @Test
    void whatWasUnpackedIsGoneAsSoonAsItIsLoadedAndThePropertiesAreNobodyElses() throws Exception {
        List<String> command = java("-Djava.io.tmpdir=" + temporary);
        command.set(command.indexOf(Opening.class.getName()), Looking.class.getName());
        assertThat(said(command)).contains("files [] path null name null");
    }

    /** What is there while a store is open. */
    static final class Looking {
        private Looking() {}

        public static void main(String[] args) throws IOException {
            Path file = Path.of(args[0]);
            SqliteDatabase store = SqliteDatabase.open(file);
            try (Connection connection = store.connect();
                    Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
                System.out.println("files " + left.toList() + " path " + System.getProperty("org.sqlite.lib.path")
                        + " name " + System.getProperty("org.sqlite.lib.name"));
            } catch (SQLException e) {
                System.out.println(e.getMessage());
            }
            store.release();
        }
    }

    @Test
    void whereThoseCanNotBeWrittenItIsBesideTheStoreAndWhatWasLeftThereGoes() throws Exception {
        Path left = Files.createDirectories(store.resolveSibling(SqliteFolder.NATIVE))
                .resolve("left-by-a-kill");
        Files.writeString(left, "");
        assertThat(said(java("-Djava.io.tmpdir=" + noFolder()))).contains(FIRST);
        assertThat(left).doesNotExist();
    }

    @Test
    void whereNothingOfThoseRunsItIsBesideTheStore() throws Exception {
        assertThat(said(noexec(java("-Djava.io.tmpdir=" + temporary), temporary)))
                .contains(FIRST);
    }

    @Test
    void aLookAtAStoreOutsideOfAServerHasItThereToo() throws Exception {
        assertThat(said(java())).contains(FIRST);
        List<String> command = java("-Djava.io.tmpdir=" + temporary);
        command.add("look first");
        assertThat(said(noexec(command, temporary))).contains(FIRST);
    }

    @Test
    void whereItRunsNowhereTheWordsSayWhatToDo() throws Exception {
        Files.createDirectories(Objects.requireNonNull(store.getParent()));
        assertThat(said(noexec(
                        java("-Djava.io.tmpdir=" + temporary), temporary, Objects.requireNonNull(store.getParent()))))
                .contains("SQLite's native part can't be run from " + store.resolveSibling(SqliteFolder.NATIVE))
                .contains("noexec")
                .contains("org.sqlite.tmpdir");
    }

    @Test
    void whatSomebodySaidHolds() throws Exception {
        Path said = Files.createDirectories(dir.resolve("said"));
        assertThat(said(java("-Djava.io.tmpdir=" + noFolder(), "-Dorg.sqlite.tmpdir=" + said)))
                .contains(FIRST);
        assertThat(store.resolveSibling(SqliteFolder.NATIVE)).doesNotExist();
    }
}
