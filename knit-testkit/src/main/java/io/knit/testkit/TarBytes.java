package io.knit.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Small tars in memory, in the form that POSIX calls ustar: of files alone, with names of at most 100 bytes. */
public final class TarBytes {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int MODE = 100;
    private static final int SIZE = 124;
    private static final int SUM = 148;
    private static final int MAGIC = 257;
    private static final int TYPE = 156;

    private TarBytes() {}

    /** @param files what is in each, by its name */
    public static byte[] of(Map<String, byte[]> files) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        files.forEach((name, bytes) -> {
            tar.writeBytes(head(name, bytes.length));
            tar.writeBytes(bytes);
            tar.writeBytes(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
        });
        tar.writeBytes(new byte[2 * BLOCK]);
        return tar.toByteArray();
    }

    private static byte[] head(String name, int size) {
        byte[] head = new byte[BLOCK];
        put(head, 0, name);
        put(head, MODE, "0000644\0");
        put(head, MODE + 8, "0000000\0");
        put(head, MODE + 16, "0000000\0");
        put(head, SIZE, String.format(Locale.ROOT, "%011o\0", size));
        put(head, SIZE + 12, "00000000000\0");
        put(head, SUM, " ".repeat(8));
        head[TYPE] = '0';
        put(head, MAGIC, "ustar\00000");
        int sum = 0;
        for (byte one : head) {
            sum += one & 0xff;
        }
        put(head, SUM, String.format(Locale.ROOT, "%06o\0 ", sum));
        return head;
    }

    private static void put(byte[] head, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, head, at, bytes.length);
    }

    /** The files of a tar; what else is in it is passed over. */
    public static Map<String, byte[]> read(byte[] tar) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        int at = 0;
        while (at + BLOCK <= tar.length && tar[at] != 0) {
            int size = Integer.parseInt(text(tar, at + SIZE, 12).strip(), 8);
            int begin = at + BLOCK;
            if (tar[at + TYPE] == '0' || tar[at + TYPE] == 0) {
                files.put(text(tar, at, NAME), Arrays.copyOfRange(tar, begin, begin + size));
            }
            at = begin + (size + BLOCK - 1) / BLOCK * BLOCK;
        }
        return files;
    }

    private static String text(byte[] tar, int at, int most) {
        int end = at;
        while (end < at + most && tar[end] != 0) {
            end++;
        }
        return new String(tar, at, end - at, StandardCharsets.UTF_8);
    }
}
