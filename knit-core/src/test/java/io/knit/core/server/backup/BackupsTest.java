package io.knit.core.server.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.store.BackupStore;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.loop.VertxLoop;
import io.knit.core.server.state.ClusterState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupsTest {
    private final Vertx vertx = Vertx.vertx();
    private final VertxLoop loop = new VertxLoop(vertx);
    private final Copying store = new Copying();

    @TempDir
    Path dataDir;

    private Path folder;

    /** Writes one part of the copy, and then fails where it is told so. */
    private static final class Copying implements BackupStore {
        private boolean isBroken;

        @Override
        public Future<List<StoredDocument>> load() {
            return Future.succeededFuture(List.of());
        }

        @Override
        public Future<Void> commit(List<StoreWrite> writes) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> backUp(Path into) {
            try {
                Files.writeString(into, "all that is stored");
            } catch (IOException e) {
                return Future.failedFuture(e);
            }
            return isBroken ? Future.failedFuture("the store's disk fails") : Future.succeededFuture();
        }
    }

    @BeforeEach
    void fold() {
        folder = dataDir.resolve("backup.tmp");
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Backups backups(Backups.Writer writer) {
        return new Backups(loop, store, dataDir, writer);
    }

    private static <T> Future<T> ended(Future<T> future) throws Exception {
        future.otherwiseEmpty().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        return future;
    }

    private static Future<Path> made(Backups backups, String id) throws Exception {
        return ended(backups.make(ClusterState.empty("c"), List.of(), id));
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Test
    @DisplayName("one is a file for who asked, and nothing beside it")
    void made() throws Exception {
        Future<Path> file = made(backups(BackupFile::write), "a");
        assertThat(BackupFile.check(file.result()).cluster()).isEqualTo("c");
        assertThat(left()).containsExactly("a.zip");
    }

    @Test
    @DisplayName("one that fails leaves nothing, wherever it fails, and another can be made")
    void failed() throws Exception {
        Backups full = backups((file, head, parts) -> {
            Files.writeString(file, "half of it");
            throw new IOException("No space left on device");
        });
        assertThat(made(full, "a").cause()).hasMessage("No space left on device");
        assertThat(left()).isEmpty();

        Backups robbed = backups((file, head, parts) -> {
            BackupFile.write(file, head, parts);
            Files.delete(parts.get(BackupFile.STORE));
        });
        assertThat(made(robbed, "b").failed()).isTrue();
        assertThat(left()).isEmpty();

        store.isBroken = true;
        Backups sound = backups(BackupFile::write);
        assertThat(made(sound, "c").cause()).hasMessage("the store's disk fails");
        assertThat(left()).isEmpty();

        store.isBroken = false;
        assertThat(made(sound, "d").succeeded()).isTrue();
    }

    @Test
    @DisplayName(
            "what a killed server has left goes when the next one starts; one that is being sent stays when another is made")
    void killed() throws Exception {
        Backups sound = backups(BackupFile::write);
        assertThat(ended(sound.clear()).succeeded())
                .as("there is no folder yet")
                .isTrue();
        Files.createDirectory(folder);
        Files.writeString(folder.resolve("old.zip"), "");
        Files.writeString(folder.resolve("old.db"), "");
        ended(sound.clear());
        assertThat(left()).isEmpty();

        made(sound, "a");
        made(sound, "b");
        assertThat(left()).containsExactlyInAnyOrder("a.zip", "b.zip");
    }
}
