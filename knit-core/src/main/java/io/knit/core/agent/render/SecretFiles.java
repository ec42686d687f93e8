package io.knit.core.agent.render;

import io.knit.api.command.Value;
import io.knit.api.model.SecretMount;
import io.knit.api.spi.runtime.FileMount;
import io.knit.core.agent.disk.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Secrets of instances as files in the host's memory: {@code <folder>/<instance>/<n>}. They are on no disk, and gone when the host starts anew; whoever starts a container writes them
 * again. Every method blocks.
 */
public final class SecretFiles {
    private static final Set<PosixFilePermission> ONLY_WRITE = EnumSet.of(PosixFilePermission.OWNER_WRITE);

    private final SecretMemory memory;

    public SecretFiles(SecretMemory memory) {
        this.memory = memory;
    }

    /** Writes them, replacing what is there. */
    public List<FileMount> write(String instance, List<SecretMount> secrets, OpenedValues values) throws IOException {
        List<FileMount> mounts = new ArrayList<>();
        if (secrets.isEmpty()) {
            return mounts;
        }
        Path folder = InstanceFolders.of(memory.folder(), instance);
        DurableFile.makeFolder(folder);
        for (SecretMount secret : secrets) {
            Path file = folder.resolve(Integer.toString(mounts.size() + 1));
            write(file, secret, values.get(Value.Kind.SECRET, secret.name()));
            mounts.add(new FileMount(file.toAbsolutePath().toString(), secret.path()));
        }
        return mounts;
    }

    /** In place: a container that has the file mounted sees no other. The folder is the agent's alone, so that nobody reads it meanwhile. */
    private static void write(Path file, SecretMount secret, Value.Content content) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix && Files.exists(file)) {
            Files.setPosixFilePermissions(file, ONLY_WRITE);
        }
        Files.write(file, content.bytes());
        if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            give(file, "unix:gid", secret.gid());
            give(file, "unix:uid", secret.uid());
        }
        if (posix) {
            Files.setPosixFilePermissions(file, permissions(secret.mode()));
        }
    }

    /** An agent that is not root can give to nobody; who wants root's gets the agent's own then. */
    private static void give(Path file, String half, int number) throws IOException {
        Object present = Files.getAttribute(file, half, LinkOption.NOFOLLOW_LINKS);
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        if (!present.equals(number) && (root || number != 0)) {
            Files.setAttribute(file, half, number, LinkOption.NOFOLLOW_LINKS);
        }
    }

    static Set<PosixFilePermission> permissions(String octal) {
        int bits = Integer.parseInt(octal, 8);
        PosixFilePermission[] all = PosixFilePermission.values();
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < all.length; i++) {
            // from the owner's reading down to the executing of others
            if ((bits >> all.length - 1 - i & 1) == 1) {
                set.add(all[i]);
            }
        }
        return set;
    }

    /** Deletes those of an instance. */
    public void delete(String instance) throws IOException {
        Optional<Path> folder = memory.present();
        if (folder.isPresent()) {
            InstanceFolders.delete(folder.get(), instance);
        }
    }

    /** Deletes those of all instances but these. */
    public void deleteAllBut(Set<String> instances) throws IOException {
        Optional<Path> folder = memory.present();
        if (folder.isPresent()) {
            InstanceFolders.deleteAllBut(folder.get(), instances);
        }
    }
}
