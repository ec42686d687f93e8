package io.knit.launcher.remote.value;

import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a value is to hold, from a file or standard input. */
final class GivenValue {
    /** More than any value may have; the server says how much that is. */
    private static final int MOST = 1 << 20;

    private GivenValue() {}

    /**
     * Reads it as it is.
     *
     * @param file {@code -} or empty: standard input
     * @throws Refused if it can't be read, or is far too much
     */
    static byte[] read(String file, InputStream input) {
        boolean standard = file.isEmpty() || file.equals("-");
        try (InputStream in = standard ? input : Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(MOST + 1);
            if (bytes.length > MOST) {
                throw new Refused("this has more than " + MOST + " bytes, and no value may; give less");
            }
            return bytes;
        } catch (IOException e) {
            throw new Refused((standard ? "standard input" : TextTable.shown(file)) + " can't be read ("
                    + e.getMessage() + "); look at its name and rights");
        }
    }

    /** Without the one line break that an editor or {@code echo} puts at the end. */
    static byte[] line(byte[] bytes) {
        int end = bytes.length;
        if (end > 0 && bytes[end - 1] == '\n') {
            end--;
            if (end > 0 && bytes[end - 1] == '\r') {
                end--;
            }
        }
        return java.util.Arrays.copyOf(bytes, end);
    }
}
