package io.knit.plugin.nats.broker.protocol;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds messages that ask to be traced and not delivered ({@code Nats-Trace-Only}): whoever sends one wants to know which way it would go, and
 * no subscriber must take it for a real one. This broker sends no traces.
 */
public final class TraceHeaders {
    private static final String FIRST_LINE = "NATS/1.0\r\n";
    private static final String DESTINATION = "Nats-Trace-Dest";
    private static final String ONLY = "Nats-Trace-Only";
    private static final byte[] MARK = "Nats-Trace-Only".getBytes(StandardCharsets.US_ASCII);
    private static final String DISABLED = "trace disabled";
    private static final Set<String> YES = Set.of("1", "true", "on");

    private TraceHeaders() {}

    /** Whether a message is not to be delivered to anybody. */
    public static boolean forbidDelivery(Publication message) {
        if (message.headerLength < MARK.length) {
            return false;
        }
        byte[] header = new byte[message.headerLength];
        if (message.shared == null) {
            System.arraycopy(message.array, message.arrayStart, header, 0, header.length);
        } else {
            message.shared.getBytes(0, header);
        }
        return contains(header, MARK) && forbidDelivery(new String(header, StandardCharsets.ISO_8859_1));
    }

    private static boolean contains(byte[] bytes, byte[] sought) {
        for (int i = 0; i + sought.length <= bytes.length; i++) {
            int same = 0;
            while (same < sought.length && bytes[i + same] == sought[same]) {
                same++;
            }
            if (same == sought.length) {
                return true;
            }
        }
        return false;
    }

    // as nats-server reads them: names in exactly this case, the first value counts, an empty one is none
    private static boolean forbidDelivery(String header) {
        if (!header.startsWith(FIRST_LINE)) {
            return false;
        }
        Map<String, String> values = new HashMap<>();
        int position = FIRST_LINE.length();
        while (position < header.length()) {
            int colon = header.indexOf(':', position);
            int end = colon < 0 ? -1 : header.indexOf("\r\n", colon + 1);
            if (end < 0) {
                break;
            }
            String value = blanksOff(header.substring(colon + 1, end));
            if (!value.isEmpty()) {
                values.putIfAbsent(header.substring(position, colon), value);
            }
            position = end + 2;
        }
        String destination = values.getOrDefault(DESTINATION, DISABLED);
        return !destination.equals(DISABLED)
                && YES.contains(values.getOrDefault(ONLY, "").toLowerCase(Locale.ROOT));
    }

    private static String blanksOff(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isBlank(char letter) {
        return letter == ' ' || letter == '\t';
    }
}
