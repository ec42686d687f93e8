package io.knit.plugin.nats.access;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.nats.client.AuthHandler;
import io.nats.client.NKey;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Set;

/**
 * The key by which an agent proves that it is the one it was: an nkey of NATS, made at its first start and kept in its data folder's
 * {@code agent.nkey}, which only its owner may read. One that can't be read is never made anew: the server would not know the agent any more.
 */
public final class AgentKey {
    static final String FILE = "agent.nkey";
    private static final long LONGEST = 1_000;

    private final char[] seed;
    private final String publicKey;

    /** Makes a second name for a file, as {@link Files#createLink} does. */
    interface Link {
        Path create(Path name, Path existing) throws IOException;
    }

    private AgentKey(char[] seed, String publicKey) {
        this.seed = seed;
        this.publicKey = publicKey;
    }

    /**
     * The folder's key, made if there is none. Blocks.
     *
     * @throws KnitException with {@code INVALID_CONFIGURATION} if there is one that can't be read
     */
    public static AgentKey of(Path folder) throws IOException, GeneralSecurityException {
        return of(folder, Files::createLink);
    }

    static AgentKey of(Path folder, Link links) throws IOException, GeneralSecurityException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            make(folder, file, links);
        }
        return read(file);
    }

    private static AgentKey read(Path file) throws IOException {
        try {
            String text = Files.size(file) > LONGEST ? "" : Files.readString(file, StandardCharsets.US_ASCII);
            char[] seed = text.strip().toCharArray();
            NKey key = NKey.fromSeed(seed);
            if (key.getType() == NKey.Type.USER) {
                return new AgentKey(seed, new String(key.getPublicKey()));
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (MalformedInputException e) {
            // as what is damaged, below
        } catch (IOException e) {
            throw new KnitException(ErrorCode.FILE_UNAVAILABLE, file + " can't be read; may this user read it?", e);
        } catch (GeneralSecurityException | RuntimeException e) {
            // said below, with what to do; its own message could show the key
        }
        throw new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                file
                        + " can't be read or is damaged; put back a copy of it. Without one remove it, start the agent again, and"
                        + " have its server forget the node when it is down: DELETE /nodes/{id}");
    }

    private static void make(Path folder, Path file, Link links) throws IOException, GeneralSecurityException {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, permissions(posix, "rwx------"));
        }
        Path temp = Files.createTempFile(folder, FILE, ".tmp", permissions(posix, "rw-------"));
        try {
            NKey made = NKey.createUser(null);
            write(temp, new String(made.getSeed()) + "\n");
            place(temp, file, links);
            syncFolder(folder);
        } catch (FileAlreadyExistsException e) {
            // the other one's is as good
        } finally {
            Files.deleteIfExists(temp);
        }
    }

    private static void place(Path temp, Path file, Link links) throws IOException {
        try {
            // unlike a move, this never replaces the key of another agent that starts in the same folder now
            links.create(file, temp);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // exFAT, SMB and others know no links, and Linux says of it only that it is not permitted; what else is
            // wrong a move meets, too
            Files.move(temp, file);
        }
    }

    private static void write(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer left = StandardCharsets.US_ASCII.encode(text);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
    }

    private static void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, Set.of(StandardOpenOption.READ))) {
            channel.force(true);
        } catch (IOException e) {
            // not every file system opens folders; the file itself is synced
        }
    }

    private static FileAttribute<?>[] permissions(boolean posix, String permissions) {
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** The public half, {@code U…}: no secret. */
    public String publicKey() {
        return publicKey;
    }

    /** Signs what a broker gives it to sign; does nothing where a broker gives nothing. */
    AuthHandler handler() {
        return Nats.staticCredentials(null, seed.clone());
    }

    /** The public half only. */
    @Override
    public String toString() {
        return "AgentKey[" + publicKey + "]";
    }
}
