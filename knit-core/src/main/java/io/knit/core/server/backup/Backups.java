package io.knit.core.server.backup;

import io.knit.api.KnitVersion;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.BackupStore;
import io.knit.api.spi.store.Store;
import io.knit.core.server.documents.upgrade.Upgrades;
import io.knit.core.server.state.ClusterState;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes backups of a running server, one at a time, in a folder of its data folder. Thread-safe. */
public final class Backups {
    private static final String FOLDER = "backup.tmp";

    private final Loop loop;
    private final Store store;
    private final Path dataDir;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final AtomicBoolean cleared = new AtomicBoolean();

    public Backups(Loop loop, Store store, Path dataDir) {
        this.loop = loop;
        this.store = store;
        this.dataDir = dataDir;
    }

    /**
     * Makes one of what is stored by now.
     *
     * @param keys the names of those that it takes
     * @param id nobody else's
     * @return the file, which who asked moves or removes; fails with {@code NOT_FOUND} where the store makes no copies, with {@code BUSY} while another is made
     */
    public Future<Path> make(ClusterState state, List<String> keys, String id) {
        if (!(store instanceof BackupStore able)) {
            return Future.failedFuture(new KnitException(
                    ErrorCode.NOT_FOUND, "this server's store makes no backups; make one by the store's own means"));
        }
        if (underWay.getAndSet(true)) {
            return Future.failedFuture(new KnitException(
                    ErrorCode.BUSY, "another backup is being made, one is at a time; ask again when that is done"));
        }
        Manifest head = new Manifest(
                state.cluster(),
                KnitVersion.current(),
                Upgrades.KNOWN.newest(),
                state.revision(),
                keys,
                loop.now(),
                List.of());
        Path folder = dataDir.resolve(FOLDER);
        Path copy = folder.resolve(id + ".db");
        return loop.blocking(() -> {
                    clear(folder);
                    return copy;
                })
                .compose(able::backUp)
                .compose(copied -> loop.blocking(() -> {
                    Path file = folder.resolve(id + ".zip");
                    BackupFile.write(file, head, parts(copy));
                    return file;
                }))
                .eventually(() -> loop.blocking(() -> {
                    Files.deleteIfExists(copy);
                    return copy;
                }))
                .onComplete(done -> underWay.set(false));
    }

    private Map<String, Path> parts(Path copy) {
        Map<String, Path> parts = new LinkedHashMap<>();
        for (String beside : List.of("cluster", "admin.token")) {
            if (Files.isRegularFile(dataDir.resolve(beside))) {
                parts.put(beside, dataDir.resolve(beside));
            }
        }
        parts.put(BackupFile.STORE, copy);
        return parts;
    }

    /** Once: what a server that was killed has left. */
    private void clear(Path folder) throws IOException {
        SecretFile.makeFolder(folder);
        if (!cleared.getAndSet(true)) {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
                for (Path file : left) {
                    Files.delete(file);
                }
            }
        }
    }
}
