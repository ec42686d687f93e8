package io.knit.plugin.jdbc.database;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A lock that a process holds on a store's file by locking another file beside it. The system drops it with the process,
 * however that ends. The empty file stays: removing it would let two processes lock two files of one name.
 */
final class StoreLock {
    /**
     * At most one channel per file in this JVM, because closing any of several makes the system drop the lock that was taken
     * through another. Guarded by the class.
     */
    private static final Map<Path, FileChannel> CHANNELS = new HashMap<>();

    private final Path path;
    private final FileLock lock;

    private StoreLock(Path path, FileLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * @param path absolute, of the lock file; its real path, so that one file has one name
     * @param store what it guards, for the message
     * @throws KnitException with {@code IN_USE} if it is held, by this process or another
     */
    static StoreLock acquire(Path path, Path store) throws IOException {
        synchronized (StoreLock.class) {
            FileChannel channel = CHANNELS.get(path);
            if (channel == null) {
                channel = FileChannel.open(path, StandardOpenOption.WRITE);
                CHANNELS.put(path, channel);
            }
            return new StoreLock(path, lock(path, channel, store));
        }
    }

    private static FileLock lock(Path path, FileChannel channel, Path store) throws IOException {
        @Nullable FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // held in this JVM: the channel is the holder's and stays open
            throw inUse(store);
        }
        if (lock == null) {
            CHANNELS.remove(path);
            channel.close();
            throw inUse(store);
        }
        return lock;
    }

    private static KnitException inUse(Path store) {
        return new KnitException(
                ErrorCode.IN_USE,
                "the store " + store
                        + " is open in another Knit server; stop that one, or give this one another --data-dir");
    }

    /** Releases it; may be called more than once. */
    void release() throws IOException {
        synchronized (StoreLock.class) {
            if (lock.isValid()) {
                CHANNELS.remove(path);
                lock.release();
                lock.acquiredBy().close();
            }
        }
    }
}
