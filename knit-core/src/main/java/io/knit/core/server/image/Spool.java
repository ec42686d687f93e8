package io.knit.core.server.image;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.backup.SecretFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What came of an image, on the server's disk while it is pushed. Its file has a name only where the system wants it to have one, so that it is gone with whoever had it open, however that ended. Blocks;
 * used by one at a time.
 */
public final class Spool implements AutoCloseable {
    /** The most bytes of one image. */
    public static final long MOST = 8L << 30;

    /** So much of the disk is left to the store, which lies there, too. */
    static final long SPARE = 512L << 20;

    private static final long BETWEEN_LOOKS = 8L << 20;

    private final FileChannel file;
    private final FileStore disk;
    private final long spare;
    private long looked = -BETWEEN_LOOKS;
    private long size;

    private Spool(FileChannel file, FileStore disk, long spare) {
        this.file = file;
        this.disk = disk;
        this.spare = spare;
    }

    static Spool make(Path folder, String id, long spare) throws IOException {
        SecretFile.makeFolder(folder);
        FileChannel file = FileChannel.open(
                folder.resolve(id),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        return new Spool(file, Files.getFileStore(folder), spare);
    }

    /** @throws KnitException with {@code TOO_LARGE} or {@code BUSY} if it takes no more */
    public void write(byte[] bytes) throws IOException {
        if (size + bytes.length > MOST) {
            throw tooLarge();
        }
        if (size - looked >= BETWEEN_LOOKS) {
            looked = size;
            if (disk.getUsableSpace() < spare + BETWEEN_LOOKS) {
                throw new KnitException(
                        ErrorCode.BUSY,
                        "the server's disk has too little room for the image: " + (spare >> 20)
                                + " MiB are left to the cluster's state; make room in its data folder. Nothing was pushed");
            }
        }
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining()) {
            file.write(all, size + all.position());
        }
        size += bytes.length;
    }

    public static KnitException tooLarge() {
        return new KnitException(
                ErrorCode.TOO_LARGE,
                "the image is larger than " + (MOST >> 30)
                        + " GiB, which is the most that is pushed; use a registry for it. Nothing was pushed");
    }

    FileChannel file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
