package io.knit.plugin.docker.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What this machine's kernel says of emulators by which it runs programs of other CPUs (binfmt_misc). Blocks. */
public record Emulation(Path folder) {
    static final Path OF_THIS_KERNEL = Path.of("/proc/sys/fs/binfmt_misc");

    /** What an emulator's entry begins with that is for programs; others are for files that name their interpreter. */
    private static final String ELF = "magic 7f454c46";

    /**
     * Whether the kernel surely has none. Where the folder is not to be seen, as in most containers, nothing is sure: emulators work
     * all the same once they are registered.
     */
    boolean isAbsent() {
        try {
            String status = read(folder.resolve("status"));
            return status.startsWith("disabled") || (status.startsWith("enabled") && !hasEntry());
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private boolean hasEntry() throws IOException {
        List<Path> entries;
        try (Stream<Path> all = Files.list(folder)) {
            entries = all.filter(Emulation::isEntry).toList();
        }
        for (Path entry : entries) {
            String text = read(entry);
            if (text.startsWith("enabled") && text.contains(ELF)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEntry(Path file) {
        String name = file.getFileName().toString();
        return !name.equals("status") && !name.equals("register");
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
