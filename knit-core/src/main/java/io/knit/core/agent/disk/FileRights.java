package io.knit.core.agent.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Whose a file is, and who may do what with it, as far as the file system knows of such. Every method blocks. */
public final class FileRights {
    private FileRights() {}

    /** @param mode octal digits */
    public static void give(Path file, String mode, int uid, int gid) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            give(file, "unix:gid", gid);
            give(file, "unix:uid", uid);
        }
        if (isKnown(file)) {
            Files.setPosixFilePermissions(file, permissions(mode));
        }
    }

    /** An agent that is not root writes to no file of its own that its mode keeps from its owner: until {@link #give} it may. */
    public static void letOwnerWrite(Path file) throws IOException {
        if (isKnown(file) && !Files.isWritable(file)) {
            Set<PosixFilePermission> more = EnumSet.of(PosixFilePermission.OWNER_WRITE);
            more.addAll(Files.getPosixFilePermissions(file));
            Files.setPosixFilePermissions(file, more);
        }
    }

    /** Whether its file system knows who may do what. */
    public static boolean isKnown(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** An agent that is not root can give to nobody; who wants root's gets the agent's own then. */
    private static void give(Path file, String half, int number) throws IOException {
        Object present = Files.getAttribute(file, half, LinkOption.NOFOLLOW_LINKS);
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        if (!present.equals(number) && (root || number != 0)) {
            Files.setAttribute(file, half, number, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static Set<PosixFilePermission> permissions(String octal) {
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
}
