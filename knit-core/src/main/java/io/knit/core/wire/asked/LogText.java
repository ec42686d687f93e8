package io.knit.core.wire.asked;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.LogLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.function.ObjIntConsumer;

/**
 * Lines as they are in a stream: {@code 2026-11-27T12:00:00.123456789Z stdout F text} and a line feed, with {@code P} for a part of a line whose
 * end has not come; or, to who takes that, {@code <time> knit G <time>}: before the line of the first time and after that of the second, lines may be missing.
 * Pieces of the stream may end anywhere. Reads one stream; not thread-safe.
 */
public final class LogText {
    /** More than a line has, in bytes: Docker cuts lines at 16 KiB; in UTF-8, what is replaced is three bytes for one. */
    public static final int LONGEST = 64 * 1024;

    private static final String GAP = " knit G ";

    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    /** The line's bytes; one that is too long is cut. */
    public static byte[] bytes(LogLine line) {
        String text = line.text().length() > LONGEST / 4 ? line.text().substring(0, LONGEST / 4) : line.text();
        return (line.at() + (line.error() ? " stderr " : " stdout ") + (line.whole() ? "F " : "P ")
                        + text.replace('\n', ' ') + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** How many bytes of what {@link #bytes} gave are what was written, and its line feed. */
    public static int written(byte[] line) {
        int at = 0;
        for (int blanks = 0; blanks < 3; at++) {
            blanks += line[at] == ' ' ? 1 : 0;
        }
        return line.length - at;
    }

    /** Who is told that lines may be missing. */
    @FunctionalInterface
    public interface Gaps {
        /** @param size of how many bytes of the stream this was made */
        void gap(Instant after, Instant before, int size);
    }

    /** That lines may be missing between those of two times. */
    public static byte[] gap(Instant after, Instant before) {
        return (before + GAP + after + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Reads on where nobody is told of gaps. */
    public void read(byte[] piece, ObjIntConsumer<LogLine> reader) {
        read(piece, reader, (after, before, size) -> {});
    }

    /**
     * Reads on.
     *
     * @param reader takes each line that is whole now, and of how many bytes of the stream it was made
     * @throws KnitException if these are no lines
     */
    public void read(byte[] piece, ObjIntConsumer<LogLine> reader, Gaps gaps) {
        int from = 0;
        for (int i = 0; i < piece.length; i++) {
            if (piece[i] == '\n') {
                begun.write(piece, from, i - from);
                from = i + 1;
                int size = begun.size() + 1;
                String text = begun.toString(StandardCharsets.UTF_8);
                begun.reset();
                take(text, size, reader, gaps);
            }
        }
        begun.write(piece, from, piece.length - from);
        if (begun.size() > LONGEST + 100) {
            throw unreadable();
        }
    }

    private static void take(String text, int size, ObjIntConsumer<LogLine> reader, Gaps gaps) {
        int blank = text.indexOf(' ');
        if (blank < 0 || !text.startsWith(GAP, blank)) {
            reader.accept(line(text), size);
        } else {
            gaps.gap(time(text.substring(blank + GAP.length())), time(text.substring(0, blank)), size);
        }
    }

    private static LogLine line(String text) {
        String[] words = text.split(" ", 4);
        if (words.length < 4) {
            throw unreadable();
        }
        return new LogLine(time(words[0]), words[1].equals("stderr"), !words[2].equals("P"), words[3]);
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw unreadable();
        }
    }

    private static KnitException unreadable() {
        return new KnitException(ErrorCode.TRANSPORT_UNAVAILABLE, "the agent sent what are no lines");
    }
}
