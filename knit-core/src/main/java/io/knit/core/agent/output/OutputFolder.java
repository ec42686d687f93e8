package io.knit.core.agent.output;

import io.knit.core.wire.InstanceIds;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A file for each instance that has ended, in the form of a stream of lines. Blocks; one write at a time is the caller's to see to. */
public final class OutputFolder {
    /** For so long what an instance wrote last can be read. */
    public static final Duration KEPT = Duration.ofDays(7);

    /** All files together, in bytes; the oldest go first. */
    static final long MOST = 64L << 20;

    /** So many files, for of most that end soon there is little to keep. */
    static final int FILES = 2_000;

    private final Path folder;

    public OutputFolder(Path dataDir) {
        this.folder = dataDir.resolve("output");
    }

    private record Kept(Path file, FileTime at, long size) {}

    /** Keeps what an instance wrote last, and lets go of what is too old or too much. */
    synchronized void write(String instance, List<byte[]> lines, Instant now) throws IOException {
        if (!InstanceIds.isId(instance)) {
            return;
        }
        Files.createDirectories(folder);
        Path half = folder.resolve(instance + ".new");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(half))) {
            for (byte[] line : lines) {
                out.write(line);
            }
        }
        Files.setLastModifiedTime(half, FileTime.from(now));
        Files.move(half, folder.resolve(instance), StandardCopyOption.REPLACE_EXISTING);
        clean(now);
    }

    /** Lets go of what is too old or too much. */
    synchronized void clean(Instant now) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Kept> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                all.add(new Kept(file, Files.getLastModifiedTime(file), Files.size(file)));
            }
        }
        all.sort(Comparator.comparing(Kept::at));
        long bytes = all.stream().mapToLong(Kept::size).sum();
        int files = all.size();
        for (Kept kept : all) {
            boolean old = kept.at().toInstant().isBefore(now.minus(KEPT));
            if (old || bytes > MOST || files > FILES) {
                Files.deleteIfExists(kept.file());
                bytes -= kept.size();
                files--;
            }
        }
    }

    /** What an instance wrote last, or empty: nothing of it is kept. */
    public Optional<byte[]> read(String instance) throws IOException {
        if (!InstanceIds.isId(instance)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllBytes(folder.resolve(instance)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
