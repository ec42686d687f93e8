package io.knit.core.server.http.upload;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parts a form of {@code multipart/form-data} as it comes: its fields, and behind them one file. However its bytes are cut, what is kept of them is at most what
 * fields may be long. Not thread-safe.
 */
final class FormParts {
    /** Of all that comes before the file; and of what comes behind it. */
    static final int MOST = 16 << 10;

    private static final Pattern BOUNDARY =
            Pattern.compile("(?i);\\s*boundary=(?:\"([^\"\r\n]{1,70})\"|([^\\s;\",]{1,70}))");
    private static final Pattern NAME = Pattern.compile("(?i)[;\\s]name=\"([^\"\r\n]*)\"");
    private static final Pattern FILE = Pattern.compile("(?i)[;\\s]filename\\*?=");
    private static final byte[] BLANK_LINE = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private enum At {
        BORDER,
        HEAD,
        FIELD,
        FILE,
        END
    }

    /** A field. */
    record Named(String name, String value) {}

    private final byte[] border;
    private final List<Named> fields = new ArrayList<>();
    private At at = At.BORDER;
    private String name = "";
    private boolean filed;
    private int seen;
    /** What was not parted yet; it begins as if a line had ended before. */
    private byte[] rest = {'\r', '\n'};

    private FormParts(String boundary) {
        border = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * For a form's {@code Content-Type}.
     *
     * @throws KnitException if it is none of a form with a file
     */
    static FormParts of(String type) {
        Matcher boundary = BOUNDARY.matcher(type);
        if (!type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data") || !boundary.find()) {
            throw new KnitException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "only a page's form with a file is taken here, as multipart/form-data; open the page, and choose a file");
        }
        return new FormParts(boundary.group(1) == null ? boundary.group(2) : boundary.group(1));
    }

    /** All that came before the file; whole once that has begun, or the form is over. */
    List<Named> fields() {
        return List.copyOf(fields);
    }

    /** Whether the file has begun. */
    boolean filed() {
        return filed;
    }

    /** Whether all of the form came. */
    boolean whole() {
        return at == At.END;
    }

    /**
     * Takes what came next.
     *
     * @return as much of the file as is in it for sure; may be empty
     * @throws KnitException if it is no such form
     */
    byte[] take(byte[] piece) {
        byte[] all = Arrays.copyOf(rest, rest.length + piece.length);
        System.arraycopy(piece, 0, all, rest.length, piece.length);
        rest = all;
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        while (step(file)) {
            // as long as something can be parted
        }
        if (at == At.END) {
            rest = new byte[0];
        }
        if (at != At.FILE && seen + rest.length > MOST) {
            throw new KnitException(
                    ErrorCode.TOO_LARGE, "the form has more than " + MOST / 1024 + " KiB beside its file; send less");
        }
        return file.toByteArray();
    }

    private boolean step(ByteArrayOutputStream file) {
        return switch (at) {
            case BORDER -> passBorder();
            case HEAD -> readHead();
            case FIELD -> readField();
            case FILE -> readFile(file);
            case END -> false;
        };
    }

    private boolean passBorder() {
        int from = find(border);
        if (from < 0 || rest.length < from + border.length + 2) {
            return false;
        }
        int behind = from + border.length;
        boolean last = rest[behind] == '-' && rest[behind + 1] == '-';
        if (!last && (rest[behind] != '\r' || rest[behind + 1] != '\n')) {
            throw broken("a part does not begin on a line of its own");
        }
        if (!last && filed) {
            throw broken("something comes behind the file");
        }
        // with its line's end, from which a part without headers has its blank line
        drop(behind);
        at = last ? At.END : At.HEAD;
        return !last;
    }

    private boolean readHead() {
        int end = find(BLANK_LINE);
        if (end < 0) {
            return false;
        }
        String head = new String(rest, 0, end, StandardCharsets.UTF_8);
        Matcher named = NAME.matcher(head);
        if (!named.find()) {
            throw broken("a part has no name");
        }
        name = named.group(1);
        filed = FILE.matcher(head).find();
        drop(end + BLANK_LINE.length);
        at = filed ? At.FILE : At.FIELD;
        return true;
    }

    private boolean readField() {
        int end = find(border);
        if (end < 0) {
            return false;
        }
        fields.add(new Named(name, new String(rest, 0, end, StandardCharsets.UTF_8)));
        drop(end);
        at = At.BORDER;
        return true;
    }

    private boolean readFile(ByteArrayOutputStream file) {
        int end = find(border);
        int sure = end < 0 ? Math.max(0, rest.length - border.length + 1) : end;
        file.write(rest, 0, sure);
        rest = Arrays.copyOfRange(rest, sure, rest.length);
        if (end >= 0) {
            at = At.BORDER;
        }
        return end >= 0;
    }

    private void drop(int bytes) {
        rest = Arrays.copyOfRange(rest, bytes, rest.length);
        seen += bytes;
    }

    private int find(byte[] what) {
        for (int from = 0; from <= rest.length - what.length; from++) {
            if (rest[from] == what[0] && Arrays.equals(rest, from, from + what.length, what, 0, what.length)) {
                return from;
            }
        }
        return -1;
    }

    private static KnitException broken(String how) {
        return new KnitException(
                ErrorCode.INVALID_VALUE,
                "the form is not as browsers send one: " + how + "; open the page, and send it again");
    }
}
