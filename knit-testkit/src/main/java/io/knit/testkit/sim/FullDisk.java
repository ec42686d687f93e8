package io.knit.testkit.sim;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Takes all the room of a small file system by a file, and gives it back. */
public final class FullDisk {
    private static final int BLOCK = 8192;

    private final Path filler;

    /** @param filler a file that nobody else uses, on a file system whose size is bounded */
    public FullDisk(Path filler) {
        this.filler = filler;
    }

    public void fill() {
        byte[] block = new byte[BLOCK];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            // as wished
        }
    }

    public void free() {
        try {
            Files.deleteIfExists(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
