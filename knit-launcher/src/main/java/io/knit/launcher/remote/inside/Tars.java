package io.knit.launcher.remote.inside;

import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * Local files to tar and back. A tar comes from a container, which nobody need trust: nothing of it is written outside of its target, and nothing
 * through a symbolic link, be it one of its own.
 */
final class Tars {
    private static final int PERMISSIONS = 0777;

    private Tars() {}

    /**
     * Writes a file or folder, whose entries begin with a name.
     *
     * @throws IOException if one of them can't be read, or changes its length meanwhile
     */
    static void pack(Path from, String name, OutputStream to) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(to)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            Files.walkFileTree(from, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                        throws IOException {
                    put(folder, attributes);
                    tar.closeArchiveEntry();
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.isRegularFile()) {
                        put(file, attributes);
                        Files.copy(file, tar);
                        tar.closeArchiveEntry();
                    } else if (attributes.isSymbolicLink()) {
                        TarArchiveEntry link = new TarArchiveEntry(named(file), TarConstants.LF_SYMLINK);
                        link.setLinkName(Files.readSymbolicLink(file).toString());
                        tar.putArchiveEntry(link);
                        tar.closeArchiveEntry();
                    }
                    return FileVisitResult.CONTINUE;
                }

                private void put(Path path, BasicFileAttributes attributes) throws IOException {
                    TarArchiveEntry entry = new TarArchiveEntry(named(path) + (attributes.isDirectory() ? "/" : ""));
                    entry.setSize(attributes.isDirectory() ? 0 : attributes.size());
                    entry.setModTime(attributes.lastModifiedTime().toMillis());
                    entry.setMode(mode(path));
                    tar.putArchiveEntry(entry);
                }

                private String named(Path path) {
                    String below = from.relativize(path).toString();
                    return below.isEmpty() ? name : name + "/" + below;
                }
            });
            tar.finish();
        }
    }

    private static int mode(Path path) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        int mode = 0;
        if (view != null) {
            for (PosixFilePermission permission : view.readAttributes().permissions()) {
                mode |= 1 << PosixFilePermission.values().length - 1 - permission.ordinal();
            }
        }
        return view == null ? 0644 : mode;
    }

    /**
     * Writes what is in a tar.
     *
     * @param to what the first part of its entries' names becomes: that file, or that folder
     * @return how many files
     * @throws IOException if it is not whole, or can't be written
     */
    static int unpack(InputStream from, Path to) throws IOException {
        Path target = to.toAbsolutePath().normalize();
        Map<Path, String> links = new LinkedHashMap<>();
        int files = 0;
        try (TarArchiveInputStream tar = new TarArchiveInputStream(from)) {
            @Nullable String first = null;
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName().replaceFirst("/+$", "");
                first = first == null ? name.replaceFirst("/.*", "") : first;
                Path path = within(target, first, name);
                requireNoLink(target, path);
                Path above = path.getParent();
                if (above != null && !path.equals(target)) {
                    Files.createDirectories(above);
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    links.put(path, entry.getLinkName());
                } else if (entry.isLink()) {
                    Path twin = within(target, first, entry.getLinkName());
                    requireNoLink(target, twin);
                    Files.copy(twin, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                    files++;
                } else if (entry.isFile()) {
                    Files.copy(tar, path, StandardCopyOption.REPLACE_EXISTING);
                    attributes(path, entry);
                    files++;
                }
            }
            // to its end: whether it is whole shows there
            from.transferTo(OutputStream.nullOutputStream());
        }
        for (Map.Entry<Path, String> link : links.entrySet()) {
            Path above = link.getKey().getParent();
            if (above != null) {
                requireNoLink(target, above);
            }
            Files.deleteIfExists(link.getKey());
            Files.createSymbolicLink(link.getKey(), Path.of(link.getValue()));
        }
        return files + links.size();
    }

    private static Path within(Path target, String first, String name) {
        String below = name.equals(first)
                ? ""
                : name.startsWith(first + "/") ? name.substring(first.length() + 1) : "../" + name;
        Path path = target.resolve(below).normalize();
        if (name.isEmpty() || name.indexOf('\0') >= 0 || below.startsWith("/") || !path.startsWith(target)) {
            throw new Refused("the tar has an entry " + TextTable.shown(name)
                    + ", which is outside of what was asked for; nothing more of it was written");
        }
        return path;
    }

    /** Neither the path, from the target on, nor what is above it there leads elsewhere. */
    private static void requireNoLink(Path target, Path path) {
        for (@Nullable Path at = path; at != null && at.startsWith(target) && !at.equals(target); at = at.getParent()) {
            if (Files.isSymbolicLink(at)) {
                throw new Refused(TextTable.shown(at.toString())
                        + " is a symbolic link, through which nothing is written; copy to another place");
            }
        }
    }

    private static void attributes(Path file, TarArchiveEntry entry) throws IOException {
        Files.setLastModifiedTime(
                file, FileTime.from(entry.getLastModifiedTime().toInstant()));
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null) {
            Set<PosixFilePermission> all = EnumSet.noneOf(PosixFilePermission.class);
            int mode = entry.getMode() & PERMISSIONS;
            for (PosixFilePermission permission : PosixFilePermission.values()) {
                if ((mode & 1 << PosixFilePermission.values().length - 1 - permission.ordinal()) != 0) {
                    all.add(permission);
                }
            }
            view.setPermissions(all);
        }
    }
}
