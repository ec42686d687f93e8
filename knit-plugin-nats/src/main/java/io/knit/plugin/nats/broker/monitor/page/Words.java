package io.knit.plugin.nats.broker.monitor.page;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Spans of time and bytes of strangers, written as nats-server writes them. */
final class Words {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    private Words() {}

    /** How long something lasts, by the second: {@code 1d2h3m4s}. */
    static String uptime(Duration lasted) {
        Duration time = lasted.isNegative() ? Duration.ZERO : lasted;
        StringBuilder text = new StringBuilder();
        long years = time.toDays() / 365;
        append(text, years, "y");
        append(text, time.toDays() % 365, "d");
        append(text, time.toHoursPart(), "h");
        append(text, time.toMinutesPart(), "m");
        return text.append(time.toSecondsPart()).append('s').toString();
    }

    // a smaller unit is told, be it 0, once a larger one was
    private static void append(StringBuilder text, long count, String unit) {
        if (count > 0 || text.length() > 0) {
            text.append(count).append(unit);
        }
    }

    /** A short span, exactly: {@code 384µs}, {@code 1.25ms}, {@code 2m0.5s}. */
    static String exact(Duration span) {
        long nanos = span.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        if (nanos < MICRO) {
            return nanos + "ns";
        }
        if (nanos < MILLI) {
            return decimal(nanos, 3) + "µs";
        }
        if (nanos < SECOND) {
            return decimal(nanos, 6) + "ms";
        }
        String hours = span.toHours() > 0 ? span.toHours() + "h" : "";
        String minutes = span.toMinutes() > 0 ? span.toMinutesPart() + "m" : "";
        return hours + minutes + decimal(nanos % (60 * SECOND), 9) + "s";
    }

    private static String decimal(long value, int digits) {
        return value == 0
                ? "0"
                : BigDecimal.valueOf(value, digits).stripTrailingZeros().toPlainString();
    }

    /** A text's bytes as UTF-8, given as ISO-8859-1. */
    static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Bytes that should be UTF-8, given as ISO-8859-1; each byte that is not becomes U+FFFD. */
    static String utf8(String bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
        CharBuffer out = CharBuffer.allocate(bytes.length());
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // stops at what is malformed
        for (CoderResult result = decoder.decode(in, out, true);
                result.isError();
                result = decoder.decode(in, out, true)) {
            out.put('\ufffd');
            in.get();
        }
        return out.flip().toString();
    }
}
