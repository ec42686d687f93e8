package io.knit.launcher.remote.value;

import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
            throw new Refused(
                    Refused.Kind.NO_FILE,
                    (standard ? "standard input" : TextTable.shown(file)) + " can't be read (" + Faults.words(e)
                            + "); look at its name and rights");
        }
    }

    /**
     * Lets {@code -} alone stand behind a name. What else stands there may be the very thing that nobody shall see.
     *
     * @param from what stands there
     */
    static void requireInput(List<String> from, String file) {
        if (!from.isEmpty() && !from.equals(List.of("-"))) {
            throw new IllegalArgumentException("what follows the name (not shown) is not taken: others on this host see"
                    + " the command line; give - for standard input, or --from-file");
        }
        if (!from.isEmpty() && !file.isEmpty()) {
            throw new IllegalArgumentException("- and --from-file both say what it holds; give one of them");
        }
    }

    /**
     * As the text that it is.
     *
     * @param file as in {@link #read}
     * @param instead what to do with what is none
     * @throws IllegalArgumentException if it is not in UTF-8
     */
    static String text(byte[] bytes, String file, String instead) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult end = StandardCharsets.UTF_8.newDecoder().decode(from, text, true);
        if (end.isError()) {
            boolean standard = file.isEmpty() || file.equals("-");
            throw new IllegalArgumentException((standard ? "standard input" : TextTable.shown(file))
                    + " is no text in UTF-8 (byte " + (from.position() + 1) + " is of none); " + instead);
        }
        return text.flip().toString();
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
