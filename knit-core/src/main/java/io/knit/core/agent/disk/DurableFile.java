package io.knit.core.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Files that are there whole or not at all, also after a kill or power loss; but what is appended. Blocks. */
public final class DurableFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

    /** Files that are being written, to become others. */
    private static final Set<Path> UNDER_WAY = ConcurrentHashMap.newKeySet();

    private DurableFile() {}

    /** Replaces a file by one that only its owner may read. Of several at once each writes all of its own, and the last stays. */
    public static void writeSecret(Path file, byte[] content) throws IOException {
        Path temp = taken(file);
        try {
            write(temp, content);
            Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            UNDER_WAY.remove(temp);
        }
        syncFolder(file.toAbsolutePath().getParent());
    }

    /** A name that no other writes to meanwhile. What a kill left under it is written over by the next: by chance, each would leave one more. */
    private static Path taken(Path file) {
        for (int others = 0; ; others++) {
            String end = others == 0 ? ".tmp" : "." + others + ".tmp";
            Path temp = file.toAbsolutePath().resolveSibling(file.getFileName() + end);
            if (UNDER_WAY.add(temp)) {
                return temp;
            }
        }
    }

    private static void write(Path temp, byte[] content) throws IOException {
        Files.deleteIfExists(temp);
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(temp, options, attributes(temp, OWNER_ONLY))) {
            writeAll(channel, content);
            channel.force(true);
        } catch (IOException e) {
            // on a full disk the half of a file is what the next one lacks
            Files.deleteIfExists(temp);
            throw e;
        }
    }

    /** Appends to a file that only its owner may read. It is not synced: what was written last may be there in part after a power loss. */
    public static void appendSecret(Path file, byte[] content) throws IOException {
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options, attributes(file, OWNER_ONLY))) {
            writeAll(channel, content);
        }
    }

    /**
     * Replaces the content of the very file that is there, for who has it open or mounted. What makes it longer is written first, for that takes
     * the room that a full disk lacks. Where it can't be written it has its old content.
     *
     * @param before what it holds
     */
    public static void overwrite(Path file, byte[] before, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            try {
                int old = Math.min(before.length, content.length);
                writeAt(channel, old, ByteBuffer.wrap(content, old, content.length - old));
                writeAt(channel, 0, ByteBuffer.wrap(content, 0, old));
                channel.truncate(content.length);
                channel.force(false);
            } catch (IOException e) {
                putBack(channel, before, e);
                throw e;
            }
        }
    }

    private static void putBack(FileChannel channel, byte[] before, IOException why) {
        try {
            channel.truncate(before.length);
            writeAt(channel, 0, ByteBuffer.wrap(before));
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private static void writeAt(FileChannel channel, long position, ByteBuffer rest) throws IOException {
        long next = position;
        while (rest.hasRemaining()) {
            next += channel.write(rest, next);
        }
    }

    private static void writeAll(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /** Makes a folder that only its owner may enter, and its parents; leaves one alone that is there. */
    public static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, attributes(folder, FOLDER));
        }
    }

    /** Makes the move durable. Not every file system opens folders; those that don't need no such call. */
    private static void syncFolder(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException | UnsupportedOperationException e) {
            // the file itself is synced
        }
    }

    private static boolean hasPermissions(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> permissions) {
        return hasPermissions(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}
