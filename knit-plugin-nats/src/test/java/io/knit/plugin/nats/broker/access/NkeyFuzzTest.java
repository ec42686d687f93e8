package io.knit.plugin.nats.broker.access;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever a stranger calls a key and a signature: no exception, and it has signed nothing. */
class NkeyFuzzTest {
    private static final byte[] TEXT = {1, 2, 3};
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    @FuzzTest(maxDuration = "10m")
    void anyKey(FuzzedDataProvider data) {
        String key = data.consumeBoolean() ? wellFormed(data.consumeBytes(33)) : data.consumeString(80);
        String signature = data.consumeRemainingAsString();
        if (Nkey.signed(key, TEXT, signature)) {
            throw new AssertionError("a signature out of nothing: " + key + " " + signature);
        }
    }

    /** A key with a right checksum, so that its bytes are looked at as a point of the curve. */
    private static String wellFormed(byte[] given) {
        byte[] bytes = new byte[35];
        System.arraycopy(given, 0, bytes, 0, given.length);
        bytes[0] = (byte) (20 << 3);
        int crc = crc16(bytes);
        bytes[33] = (byte) crc;
        bytes[34] = (byte) (crc >> 8);
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 35 * 8; bit += 5) {
            int two = (bytes[bit / 8] & 0xff) << 8 | (bit / 8 < 34 ? bytes[bit / 8 + 1] & 0xff : 0);
            text.append(ALPHABET.charAt(two >> (11 - bit % 8) & 31));
        }
        if (!Nkey.isUser(text.toString())) {
            throw new AssertionError("no key: " + text);
        }
        return text.toString();
    }

    private static int crc16(byte[] bytes) {
        int crc = 0;
        for (int i = 0; i < 33; i++) {
            crc ^= (bytes[i] & 0xff) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
            }
        }
        return crc & 0xffff;
    }
}
