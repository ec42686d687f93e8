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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes backups of a running server, one at a time, in a folder of its data folder. Thread-safe. */
public final class Backups {
    private static final String FOLDER = "backup.tmp";
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    private final Loop loop;
    private final Store store;
    private final Path dataDir;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final Writer writer;

    /** Writes a backup's file. */
    @FunctionalInterface
    interface Writer {
        void write(Path file, Manifest head, Map<String, Path> parts) throws IOException;
    }

    public Backups(Loop loop, Store store, Path dataDir) {
        this(loop, store, dataDir, BackupFile::write);
    }

    Backups(Loop loop, Store store, Path dataDir, Writer writer) {
        this.loop = loop;
        this.store = store;
        this.dataDir = dataDir;
        this.writer = writer;
    }

    /**
     * Removes what a server that was killed has left. To be called before the first is made, by the one server that has the store; what
     * can't be removed is said and stays.
     */
    public Future<Void> clear() {
        if (!(store instanceof BackupStore)) {
            return Future.succeededFuture();
        }
        return loop.<Void>blocking(() -> {
                    clear(dataDir.resolve(FOLDER));
                    return null;
                })
                .otherwise(e -> {
                    LOG.warn("What a backup has left can't be removed: {}", e.toString());
                    return null;
                });
    }

    private static void clear(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
                for (Path file : left) {
                    Files.deleteIfExists(file);
                }
            }
        }
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
        Path file = folder.resolve(id + ".zip");
        return loop.blocking(() -> {
                    SecretFile.makeFolder(folder);
                    return copy;
                })
                .compose(able::backUp)
                .compose(copied -> loop.blocking(() -> {
                    writer.write(file, head, parts(copy));
                    Files.delete(copy);
                    return file;
                }))
                .recover(why -> removed(file, copy).transform(done -> Future.failedFuture(why)))
                .onComplete(done -> underWay.set(false));
    }

    /** Else the next one finds less room still, and what is in it stays readable. */
    private Future<Path> removed(Path file, Path copy) {
        return loop.blocking(() -> {
            try {
                Files.deleteIfExists(copy);
            } finally {
                Files.deleteIfExists(file);
            }
            return file;
        });
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
}
