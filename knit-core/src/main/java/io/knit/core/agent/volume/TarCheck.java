package io.knit.core.agent.volume;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a tar while it passes: whether it is one, whole to its end, and of nothing but one folder. An engine packs on where it can't read and unpacks what is there of one that was cut off, and says so
 * of neither. Not thread-safe.
 */
final class TarCheck {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int SIZE = 124;
    private static final int SUM = 148;
    private static final int TYPE = 156;
    private static final int LINK = 157;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;
    /** Of what is said of one entry beyond its head. */
    private static final int MOST_SAID = 1 << 20;

    private final String folder;
    private final byte[] head = new byte[BLOCK];
    private int headed;
    /** Of the entry under way, with what fills its last block. */
    private long left;

    private long size;
    private @Nullable ByteArrayOutputStream said;
    private char saying;
    private @Nullable String longName;
    private @Nullable String longLink;
    private long longSize = -1;
    private boolean zero;
    private boolean ended;
    private long entries;

    /** @param folder the one that all entries are to be of */
    TarCheck(String folder) {
        this.folder = folder;
    }

    /** @throws KnitException with {@code INVALID_VALUE} if it is none, or has something of another folder */
    void take(byte[] bytes) {
        int at = 0;
        while (at < bytes.length && !ended) {
            at += left > 0 ? pass(bytes, at) : begin(bytes, at);
        }
    }

    /** So many that are no words about others. */
    long entries() {
        return entries;
    }

    /** @throws KnitException with {@code INVALID_VALUE} if its end has not come */
    void requireWhole() {
        if (!ended) {
            throw broken("is not whole: its end is missing");
        }
    }

    private int pass(byte[] bytes, int at) {
        int count = (int) Math.min(left, bytes.length - at);
        if (said != null) {
            said.write(bytes, at, count);
        }
        left -= count;
        if (left == 0 && said != null) {
            hear(Arrays.copyOf(said.toByteArray(), (int) size));
            said = null;
        }
        return count;
    }

    private int begin(byte[] bytes, int at) {
        int count = Math.min(BLOCK - headed, bytes.length - at);
        System.arraycopy(bytes, at, head, headed, count);
        headed += count;
        if (headed == BLOCK) {
            headed = 0;
            head();
        }
        return count;
    }

    private void head() {
        if (isZero()) {
            ended = zero;
            zero = true;
            return;
        }
        if (zero || octal(SUM, 8) != sum()) {
            throw broken("is none, or a part of it was lost or changed on its way");
        }
        char type = (char) head[TYPE];
        size = number();
        switch (type) {
            case 'x', 'L', 'K' -> say(type);
            case 'g' -> left = padded(size);
            default -> entry(type);
        }
    }

    private void say(char type) {
        if (size > MOST_SAID) {
            throw broken("says more than " + MOST_SAID + " bytes of one entry");
        }
        saying = type;
        left = padded(size);
        said = left == 0 ? null : new ByteArrayOutputStream();
    }

    private void entry(char type) {
        if (type == 'S' || type == 'M') {
            throw broken("is in a form of GNU's own; make it with --format=posix");
        }
        entries++;
        requireWithin(longName == null ? name() : longName);
        if (type == '1') {
            requireWithin(longLink == null ? text(LINK, NAME) : longLink);
        }
        if (longSize >= 0) {
            size = longSize;
        }
        // links, devices, folders and pipes have nothing in them, whatever is said of their size
        left = type >= '1' && type <= '6' ? 0 : padded(size);
        longName = null;
        longLink = null;
        longSize = -1;
    }

    private void requireWithin(String name) {
        String plain = name.startsWith("./") ? name.substring(2) : name;
        boolean within = plain.equals(folder) || plain.startsWith(folder + "/");
        if (!within || Arrays.asList(plain.split("/")).contains("..")) {
            throw broken("has an entry that is not of its folder " + folder + "/, as all of a snapshot's are");
        }
    }

    /** What is said of the next entry. */
    private void hear(byte[] words) {
        switch (saying) {
            case 'L' -> longName = trimmed(words);
            case 'K' -> longLink = trimmed(words);
            default -> records(words);
        }
    }

    private static String trimmed(byte[] words) {
        int end = words.length;
        while (end > 0 && words[end - 1] == 0) {
            end--;
        }
        return new String(words, 0, end, StandardCharsets.UTF_8);
    }

    /** Each is its length, a space, a key, = and a value, and a line's end. */
    private void records(byte[] words) {
        int at = 0;
        while (at < words.length) {
            int space = at;
            while (space < words.length && words[space] != ' ') {
                space++;
            }
            long length = decimal(new String(words, at, space - at, StandardCharsets.US_ASCII));
            if (length <= space - at + 1 || length > words.length - at) {
                throw broken("has an entry of which it can't be read what is said of it");
            }
            String record = new String(words, space + 1, at + (int) length - space - 2, StandardCharsets.UTF_8);
            int equals = record.indexOf('=');
            record(record.substring(0, Math.max(0, equals)), record.substring(equals + 1));
            at += (int) length;
        }
    }

    private void record(String key, String value) {
        switch (key) {
            case "path", "GNU.sparse.name" -> longName = value;
            case "linkpath" -> longLink = value;
            case "size" -> longSize = decimal(value);
            default -> {}
        }
    }

    private static long decimal(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw broken("has an entry of which it can't be read what is said of it");
        }
    }

    private String name() {
        String name = text(0, NAME);
        boolean hasPrefix = text(MAGIC, 6).equals("ustar") && head[PREFIX] != 0;
        return hasPrefix ? text(PREFIX, 155) + "/" + name : name;
    }

    private String text(int at, int most) {
        int end = at;
        while (end < at + most && head[end] != 0) {
            end++;
        }
        return new String(head, at, end - at, StandardCharsets.UTF_8);
    }

    /** In octal digits, or where these don't suffice in bytes. */
    private long number() {
        if ((head[SIZE] & 0x80) == 0) {
            return octal(SIZE, 12);
        }
        long value = head[SIZE] & 0x7f;
        for (int i = SIZE + 1; i < SIZE + 12; i++) {
            if (value > Long.MAX_VALUE >> 9) {
                throw broken("has an entry without end");
            }
            value = value << 8 | head[i] & 0xff;
        }
        return value;
    }

    private long octal(int at, int length) {
        long value = 0;
        for (int i = at; i < at + length; i++) {
            if (head[i] >= '0' && head[i] <= '7') {
                value = value * 8 + head[i] - '0';
            }
        }
        return value;
    }

    private long sum() {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= SUM && i < SUM + 8 ? ' ' : head[i] & 0xff;
        }
        return sum;
    }

    private boolean isZero() {
        for (byte one : head) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    private static long padded(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    private static KnitException broken(String words) {
        return new KnitException(ErrorCode.INVALID_VALUE, "the tar " + words);
    }
}
