package io.knit.launcher.remote.join;

import io.knit.api.KnitVersion;
import io.knit.launcher.remote.ssh.SshTarget;
import io.knit.launcher.remote.typed.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What is installed on a host.
 *
 * @param kind {@code deb} or {@code tar}
 * @param digest SHA-256, in hexadecimal digits
 */
record PackageFile(Path file, String kind, String digest) {
    private static final String DEB = ".deb";

    /** One that was named. */
    static PackageFile named(Path file, SshTarget target, Host host) {
        String name = String.valueOf(file.getFileName());
        boolean deb = name.endsWith(DEB);
        if (!deb && !name.endsWith(".tar.gz")) {
            throw new IllegalArgumentException("--package is a .deb or .tar.gz of Knit, as scripts/package makes them");
        }
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new IllegalArgumentException("--package " + file + " can't be read; give a file");
        }
        if (deb && !host.takesDeb()) {
            throw new Refused(target + " has no dpkg for a .deb; give the .tar.gz with --package");
        }
        return of(file, deb);
    }

    /**
     * The one that belongs to this launcher, for such a host; empty: there is none where it looks.
     *
     * @param folders where it looks, in this order
     */
    static Optional<PackageFile> found(List<Path> folders, Host host) {
        String name = nameFor(host);
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isReadable)
                .findFirst()
                .map(file -> of(file, host.takesDeb()));
    }

    static String nameFor(Host host) {
        String version = KnitVersion.current();
        return host.takesDeb()
                ? "knit_" + version + "_" + host.arch() + DEB
                : "knit-" + version + "-linux-" + host.arch() + ".tar.gz";
    }

    /** Where a launcher looks: here, in {@code packages} of its installation and beside that, and where {@code scripts/package} puts what it makes. */
    static List<Path> folders() {
        List<Path> folders = new ArrayList<>(List.of(Path.of("").toAbsolutePath()));
        installation().ifPresent(home -> {
            folders.add(home.resolve("packages"));
            Path beside = home.getParent();
            if (beside != null) {
                folders.add(beside);
            }
            folders.add(home.resolve("knit-package/target"));
        });
        folders.add(Path.of("/var/cache/knit"));
        return folders.stream().distinct().toList();
    }

    /** The folder with {@code lib/knit.jar}, or of a checkout. */
    private static Optional<Path> installation() {
        try {
            Path jar = Path.of(PackageFile.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path folder = jar.getParent();
            boolean built = folder != null && folder.endsWith("target");
            Path home = folder == null ? null : built ? folder.resolve("../..").normalize() : folder.getParent();
            return Optional.ofNullable(home);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static PackageFile of(Path file, boolean deb) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return new PackageFile(file, deb ? "deb" : "tar", HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its name and size, for people. */
    String shown() {
        try {
            return file.getFileName() + " (" + (Files.size(file) >> 20) + " MiB)";
        } catch (IOException e) {
            return String.valueOf(file.getFileName());
        }
    }
}
