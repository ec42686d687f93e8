package io.knit.plugin.docker.logs;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import io.knit.api.spi.runtime.LogLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes lines of what the engine's client hands over, which are not the engine's own frames but those as they were read: cut at every kilobyte, and wherever
 * the connection had no more. The engine writes a time and a blank before each line, and before each part of a line that is longer than
 * {@link #PART}. One for each reading; not thread-safe.
 */
final class LineAssembly {
    /** The engine cuts lines after so many bytes. */
    static final int PART = 16 * 1024;

    private static final int LONGEST_TIME = 64;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private boolean terminal;

    /** What a reading came to, in pieces of one line at most: of a terminal's output the engine makes no frames, and one reading may have many lines. */
    static List<Frame> pieces(Frame read) {
        if (read.getStreamType() != StreamType.RAW) {
            return List.of(read);
        }
        List<Frame> pieces = new ArrayList<>();
        byte[] all = read.getPayload();
        int from = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == '\n' || i == all.length - 1) {
                pieces.add(new Frame(StreamType.RAW, Arrays.copyOfRange(all, from, i + 1)));
                from = i + 1;
            }
        }
        return pieces;
    }

    /** The line, or part of one, that is whole with this piece; null: none is. */
    @Nullable
    LogLine with(Frame frame) {
        boolean error = frame.getStreamType() == StreamType.STDERR;
        terminal = frame.getStreamType() == StreamType.RAW;
        ByteArrayOutputStream begun = error ? err : out;
        byte[] piece = frame.getPayload();
        begun.write(piece, 0, piece.length);
        boolean ends = piece.length > 0 && piece[piece.length - 1] == '\n';
        return ends || begun.size() > PART && begun.size() - textAt(begun.toByteArray()) >= PART
                ? taken(begun, error)
                : null;
    }

    /** What was begun and has not ended, of either stream; null: nothing. */
    @Nullable
    LogLine rest() {
        return out.size() > 0 ? taken(out, false) : err.size() > 0 ? taken(err, true) : null;
    }

    private @Nullable LogLine taken(ByteArrayOutputStream begun, boolean error) {
        byte[] bytes = begun.toByteArray();
        begun.reset();
        boolean whole = bytes[bytes.length - 1] == '\n';
        int text = textAt(bytes);
        int end = bytes.length - (whole ? 1 : 0);
        if (terminal && end > text && bytes[end - 1] == '\r') {
            // a terminal's lines end with both
            end--;
        }
        if (text == 0) {
            return null;
        }
        try {
            return new LogLine(
                    Instant.parse(new String(bytes, 0, text - 1, StandardCharsets.UTF_8)),
                    error,
                    whole,
                    new String(bytes, text, end - text, StandardCharsets.UTF_8));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Where the text begins; 0: no time is before it. */
    private static int textAt(byte[] bytes) {
        for (int i = 0; i < Math.min(bytes.length, LONGEST_TIME); i++) {
            if (bytes[i] == ' ') {
                return i + 1;
            }
        }
        return 0;
    }
}
