package io.knit.plugin.nats.broker.access;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Public nkeys of users: base32 of a prefix, 32 bytes of Ed25519 key and a checksum. */
public final class Nkey {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int TEXT_LENGTH = 56;
    private static final int BYTES = 35;
    private static final int KEY_BYTES = 32;
    private static final int USER_PREFIX = 20 << 3;
    /** What stands before the key's bytes in the usual encoding of an Ed25519 key. */
    private static final byte[] KEY_INFO = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    private Nkey() {}

    /** Whether the text is a user's public nkey ({@code U…}), with a right checksum. */
    public static boolean isUser(String text) {
        return decode(text) != null;
    }

    /**
     * Whether the key's owner signed the text. Costs some tenths of a millisecond.
     *
     * @param key a user's public nkey; anything else has signed nothing
     * @param signature in base64, of URLs or not, with padding or without
     */
    public static boolean signed(String key, byte[] text, String signature) {
        byte[] decoded = decode(key);
        if (decoded == null) {
            return false;
        }
        try {
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(publicKey(decoded));
            check.update(text);
            return check.verify(base64(signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] base64(String text) {
        return Base64.getUrlDecoder().decode(text.replace('+', '-').replace('/', '_'));
    }

    private static PublicKey publicKey(byte[] decoded) throws GeneralSecurityException {
        byte[] encoded = new byte[KEY_INFO.length + KEY_BYTES];
        System.arraycopy(KEY_INFO, 0, encoded, 0, KEY_INFO.length);
        System.arraycopy(decoded, 1, encoded, KEY_INFO.length, KEY_BYTES);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static byte @Nullable [] decode(String text) {
        if (text.length() != TEXT_LENGTH) {
            return null;
        }
        byte[] bytes = new byte[BYTES];
        int bits = 0;
        int held = 0;
        int position = 0;
        for (int i = 0; i < TEXT_LENGTH; i++) {
            int digit = ALPHABET.indexOf(text.charAt(i));
            if (digit < 0) {
                return null;
            }
            bits = bits << 5 | digit;
            held += 5;
            if (held >= 8) {
                held -= 8;
                bytes[position++] = (byte) (bits >> held);
                bits &= (1 << held) - 1;
            }
        }
        int checksum = (bytes[BYTES - 2] & 0xff) | (bytes[BYTES - 1] & 0xff) << 8;
        boolean right = (bytes[0] & 0xff) == USER_PREFIX && checksum == crc16(bytes, BYTES - 2);
        return right ? bytes : null;
    }

    private static int crc16(byte[] bytes, int length) {
        int crc = 0;
        for (int i = 0; i < length; i++) {
            crc ^= (bytes[i] & 0xff) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
            }
        }
        return crc & 0xffff;
    }
}
