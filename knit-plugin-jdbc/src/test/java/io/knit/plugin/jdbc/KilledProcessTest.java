package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.spi.store.StoredDocument;
import io.knit.plugin.jdbc.database.SqliteDatabase;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store is for: kill -9 at seeded moments, and all that was acknowledged is there. */
class KilledProcessTest {
    private static final long SEED = 20_261_123;
    private static final int ROUNDS = 5;

    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path folder;

    @AfterEach
    void closeVertx() {
        await(vertx.close());
    }

    private Path file() {
        return folder.resolve("knit.db");
    }

    @Test
    void whatWasAcknowledgedIsThereAndEveryCommitIsWhole() throws Exception {
        Random random = new Random(SEED);
        Set<Integer> acknowledged = new TreeSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            acknowledged.addAll(killedAfter(1 + random.nextInt(3_000), round * 1_000_000));
            Set<String> found = keys();
            Set<String> missing = keysOf(acknowledged);
            missing.removeAll(found);
            assertThat(missing)
                    .as("seed %d, round %d: acknowledged and lost", SEED, round)
                    .isEmpty();
            assertThat(found)
                    .as("seed %d, round %d: whole", SEED, round)
                    .isEqualTo(
                            keysOf(found.stream().map(KilledProcessTest::number).collect(Collectors.toSet())));
        }
    }

    /** Starts a process, kills it after so many acknowledged numbers, and gives all that it said before it died. */
    private Set<Integer> killedAfter(int count, int first) throws IOException, InterruptedException {
        Process process = start(first);
        Set<Integer> said = new HashSet<>();
        try (BufferedReader reader = process.inputReader()) {
            String line = reader.readLine();
            assertThatThrownBy(() -> SqliteDatabase.open(file()))
                    .as("held by the other process")
                    .hasMessageContaining("open in another Knit server");
            while (line != null) {
                said.add(Integer.parseInt(line));
                if (said.size() == count) {
                    // by its handle: the process's own method also closes the stream that is still to be read
                    process.toHandle().destroyForcibly();
                }
                line = reader.readLine();
            }
        } finally {
            process.destroyForcibly();
        }
        process.waitFor();
        assertThat(said).hasSizeGreaterThanOrEqualTo(count);
        return said;
    }

    private Process start(int first) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CommittingProcess.class.getName(),
                        file().toString(),
                        Integer.toString(first))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private Set<String> keys() {
        JdbcStore store = await(JdbcStore.open(vertx, SqliteDatabase.open(file())));
        List<StoredDocument> documents = await(store.load());
        await(store.close());
        return documents.stream().map(StoredDocument::key).collect(Collectors.toSet());
    }

    private static Set<String> keysOf(Set<Integer> numbers) {
        return numbers.stream()
                .flatMap(number -> CommittingProcess.PARTS.stream().map(part -> number + "-" + part))
                .collect(Collectors.toSet());
    }

    private static int number(String key) {
        return Integer.parseInt(key.substring(0, key.indexOf('-')));
    }
}
