package io.knit.core.rules.tar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** The head of an entry of a tar; it keeps the bytes that it is given. */
public final class TarHead {
    /** Bytes of a head, and of each piece of what follows one. */
    public static final int BLOCK = 512;

    private static final int NAME = 100;
    private static final int MODE = 100;
    private static final int SIZE = 124;
    private static final int SUM = 148;
    private static final int TYPE = 156;
    private static final int LINK = 157;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;

    private final byte[] bytes;

    public TarHead(byte[] bytes) {
        this.bytes = bytes;
    }

    /** One of a file that anybody may read, of no time and no user. */
    public static TarHead ofFile(String name, long size) {
        TarHead head = new TarHead(new byte[BLOCK]);
        head.put(0, name);
        head.put(MODE, "0000644");
        head.put(108, "0000000");
        head.put(116, "0000000");
        head.put(136, "00000000000");
        if (size < 1L << 33) {
            head.put(SIZE, String.format(Locale.ROOT, "%011o", size));
        } else {
            // in bytes where octal digits don't suffice
            head.bytes[SIZE] = (byte) 0x80;
            for (int i = 0; i < 8; i++) {
                head.bytes[SIZE + 4 + i] = (byte) (size >>> (56 - 8 * i));
            }
        }
        head.bytes[TYPE] = '0';
        head.put(MAGIC, "ustar\0" + "00");
        head.put(SUM, String.format(Locale.ROOT, "%06o\0 ", head.sum()));
        return head;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    private void put(int at, String text) {
        byte[] words = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(words, 0, bytes, at, words.length);
    }

    public boolean isZero() {
        for (byte one : bytes) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    /** By gzip or zstd. */
    public boolean isCompressed() {
        return bytes[0] == 0x1f && (bytes[1] & 0xff) == 0x8b
                || Arrays.equals(Arrays.copyOf(bytes, 4), new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd});
    }

    public boolean isWhole() {
        return octal(SUM, 8) == sum();
    }

    public char type() {
        return (char) bytes[TYPE];
    }

    public String name() {
        String name = text(0, NAME);
        boolean hasPrefix = text(MAGIC, 6).equals("ustar") && bytes[PREFIX] != 0;
        return hasPrefix ? text(PREFIX, 155) + "/" + name : name;
    }

    public String link() {
        return text(LINK, 100);
    }

    /** Negative: more than there can be. */
    public long size() {
        if ((bytes[SIZE] & 0x80) == 0) {
            return octal(SIZE, 12);
        }
        long value = bytes[SIZE] & 0x7f;
        for (int i = SIZE + 1; i < SIZE + 12; i++) {
            if (value > Long.MAX_VALUE >> 9) {
                return -1;
            }
            value = value << 8 | bytes[i] & 0xff;
        }
        return value;
    }

    private String text(int at, int most) {
        int end = at;
        while (end < at + most && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, at, end - at, StandardCharsets.UTF_8);
    }

    private long octal(int at, int length) {
        long value = 0;
        for (int i = at; i < at + length; i++) {
            if (bytes[i] >= '0' && bytes[i] <= '7') {
                value = value * 8 + bytes[i] - '0';
            }
        }
        return value;
    }

    private long sum() {
        long sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += i >= SUM && i < SUM + 8 ? ' ' : bytes[i] & 0xff;
        }
        return sum;
    }
}
