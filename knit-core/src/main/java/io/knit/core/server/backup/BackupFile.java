package io.knit.core.server.backup;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.documents.upgrade.Upgrades;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** A ZIP file with a manifest and the parts of a backup. Blocks. */
public final class BackupFile {
    /** The store; no backup is without it. */
    public static final String STORE = "knit.db";

    /** What a backup may have. */
    static final Set<String> PARTS = Set.of(STORE, "cluster", "admin.token");

    private static final String MANIFEST = "manifest.json";
    private static final int MOST_MANIFEST = 1 << 20;

    private BackupFile() {}

    /** What is written, when it is read that far. */
    @FunctionalInterface
    private interface Taker {
        OutputStream take(Manifest.Part part) throws IOException;
    }

    /**
     * Writes one.
     *
     * @param file which only its owner will be able to read; it is made anew
     * @param head without parts
     * @param parts the files by their names in it
     */
    static void write(Path file, Manifest head, Map<String, Path> parts) throws IOException {
        List<Manifest.Part> described = new ArrayList<>();
        for (Map.Entry<String, Path> part : parts.entrySet()) {
            MessageDigest digest = sha256();
            long bytes;
            try (InputStream in = new DigestInputStream(Files.newInputStream(part.getValue()), digest)) {
                bytes = in.transferTo(OutputStream.nullOutputStream());
            }
            described.add(new Manifest.Part(part.getKey(), bytes, HexFormat.of().formatHex(digest.digest())));
        }
        Manifest manifest = new Manifest(
                head.cluster(), head.version(), head.form(), head.revision(), head.keys(), head.at(), described);
        SecretFile.make(file);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setLevel(Deflater.BEST_SPEED);
            zip.putNextEntry(new ZipEntry(MANIFEST));
            zip.write(manifest.text().getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, Path> part : parts.entrySet()) {
                zip.putNextEntry(new ZipEntry(part.getKey()));
                Files.copy(part.getValue(), zip);
            }
        }
    }

    /**
     * Reads all of one.
     *
     * @throws KnitException with {@code INVALID_VALUE} if it is damaged, cut off, no backup, or of a newer Knit
     */
    public static Manifest check(Path file) {
        return read(file, true, part -> OutputStream.nullOutputStream());
    }

    /**
     * Reads all of one, also of a newer Knit's that can't be restored here: whether it is as it was made is known all the same.
     *
     * @throws KnitException with {@code INVALID_VALUE} if it is damaged, cut off or no backup
     */
    public static Manifest whole(Path file) {
        return read(file, false, part -> OutputStream.nullOutputStream());
    }

    /**
     * Whether a newer Knit than this one is needed to restore what {@link #whole} has read; said by its manifest alone.
     *
     * @throws KnitException as {@link #whole}
     */
    public static boolean isNewer(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            String text = manifest(zip);
            return !Manifest.isKnown(text) || newer(Manifest.readAny(text)).isPresent();
        } catch (IOException | RuntimeException e) {
            throw unusable(file, e);
        }
    }

    /** Why a newer Knit is needed for what the manifest says; empty: it is not. */
    private static Optional<String> newer(Manifest manifest) {
        List<String> others = manifest.parts().stream()
                .map(Manifest.Part::name)
                .filter(name -> !PARTS.contains(name))
                .toList();
        if (!others.isEmpty()) {
            return Optional.of("it has parts of a newer Knit (" + manifest.version()
                    + "), which this one does not know: " + String.join(", ", others) + "; restore it with that");
        }
        return manifest.form() > Upgrades.KNOWN.newest()
                ? Optional.of("its store is of a newer Knit (" + manifest.version() + ", format " + manifest.form()
                        + ", this one knows up to " + Upgrades.KNOWN.newest() + "); restore it with that")
                : Optional.empty();
    }

    /**
     * Writes the parts of one into a folder, readable by their owner alone, and on the disk when it returns.
     *
     * @throws KnitException as {@link #check}; parts may be there then
     */
    public static Manifest unpack(Path file, Path folder) {
        Manifest manifest = read(file, true, part -> {
            Path target = folder.resolve(part.name());
            SecretFile.make(target);
            return Files.newOutputStream(target);
        });
        try {
            for (Manifest.Part part : manifest.parts()) {
                SecretFile.sync(folder.resolve(part.name()));
            }
        } catch (IOException e) {
            throw refused(file, "can't be unpacked (" + e.getMessage() + "); make room on the disk", e);
        }
        return manifest;
    }

    /** @param toUse whether it is to be one that this Knit can restore */
    private static Manifest read(Path file, boolean toUse, Taker taker) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            String text = manifest(zip);
            Manifest manifest = toUse ? Manifest.read(text) : Manifest.readAny(text);
            Set<String> there = new TreeSet<>();
            zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> !name.equals(MANIFEST))
                    .forEach(there::add);
            Set<String> said = new TreeSet<>();
            manifest.parts().forEach(part -> said.add(part.name()));
            if (!there.equals(said) || !said.contains(STORE)) {
                throw new IllegalArgumentException("it has other parts than its manifest says");
            }
            Optional<String> newer = newer(manifest);
            if (toUse && newer.isPresent()) {
                throw new IllegalArgumentException(newer.get());
            }
            for (Manifest.Part part : manifest.parts()) {
                copy(zip, part, taker);
            }
            return manifest;
        } catch (IOException | RuntimeException e) {
            throw unusable(file, e);
        }
    }

    private static KnitException unusable(Path file, Exception cause) {
        return refused(
                file,
                "can't be used as a backup: "
                        + (cause instanceof NoSuchFileException ? "there is no such file" : cause.getMessage())
                        + "; nothing was changed, take another one",
                cause);
    }

    private static KnitException refused(Path file, String words, Exception cause) {
        return new KnitException(ErrorCode.INVALID_VALUE, file + " " + words, cause);
    }

    private static String manifest(ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(MANIFEST);
        if (entry == null) {
            throw new IllegalArgumentException("it has no " + MANIFEST);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return new String(in.readNBytes(MOST_MANIFEST), StandardCharsets.UTF_8);
        }
    }

    /** No more than the manifest says: what would be larger when it is unpacked is no part of a backup. */
    private static void copy(ZipFile zip, Manifest.Part part, Taker taker) throws IOException {
        MessageDigest digest = sha256();
        long left = part.bytes();
        try (InputStream in = new DigestInputStream(zip.getInputStream(zip.getEntry(part.name())), digest);
                OutputStream out = taker.take(part)) {
            byte[] piece = new byte[64 << 10];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                left -= read;
                if (left < 0) {
                    break;
                }
                out.write(piece, 0, read);
            }
        }
        if (left != 0 || !HexFormat.of().formatHex(digest.digest()).equals(part.sha256())) {
            throw new IllegalArgumentException(
                    part.name() + " in it is damaged: it has another checksum than its manifest says");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
