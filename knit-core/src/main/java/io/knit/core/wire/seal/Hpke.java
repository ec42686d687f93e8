package io.knit.core.wire.seal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hybrid public key encryption, RFC 9180, in its base mode and for one message: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. A box is the
 * encapsulated key of 32 bytes, and what is sealed with its tag.
 */
final class Hpke {
    /** Bytes of a box with nothing in it. */
    static final int LEAST = X25519.KEY + 16;

    private static final int KEM = 0x0020;
    private static final int KDF = 0x0001;
    private static final int AEAD = 0x0002;
    private static final int SHA256 = 32;
    private static final int KEY = 32;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final byte[] VERSION = ascii("HPKE-v1");
    private static final byte[] OF_KEM = suite("KEM", KEM);
    private static final byte[] OF_ALL = suite("HPKE", KEM, KDF, AEAD);
    private static final byte[] NOTHING = {};

    private Hpke() {}

    /**
     * @param ephemeral used for this alone
     * @param to the public key of who opens it
     * @param info what it is for: it opens for nothing else
     */
    static byte[] seal(X25519 ephemeral, byte[] to, byte[] info, byte[] content) throws GeneralSecurityException {
        byte[] enc = ephemeral.publicKey();
        byte[] shared = shared(ephemeral.agree(to), enc, to);
        return join(enc, cipher(Cipher.ENCRYPT_MODE, shared, info).doFinal(content));
    }

    static byte[] open(X25519 own, byte[] info, byte[] box) throws GeneralSecurityException {
        byte[] enc = Arrays.copyOf(box, X25519.KEY);
        byte[] shared = shared(own.agree(enc), enc, own.publicKey());
        return cipher(Cipher.DECRYPT_MODE, shared, info).doFinal(box, X25519.KEY, box.length - X25519.KEY);
    }

    /** ExtractAndExpand, section 4.1. */
    private static byte[] shared(byte[] agreed, byte[] enc, byte[] to) throws GeneralSecurityException {
        byte[] secret = extract(OF_KEM, NOTHING, "eae_prk", agreed);
        return expand(OF_KEM, secret, "shared_secret", join(enc, to), SHA256);
    }

    /** KeySchedule, section 5.1, without a key shared before. */
    private static Cipher cipher(int mode, byte[] shared, byte[] info) throws GeneralSecurityException {
        byte[] context = join(
                new byte[] {0},
                extract(OF_ALL, NOTHING, "psk_id_hash", NOTHING),
                extract(OF_ALL, NOTHING, "info_hash", info));
        byte[] secret = extract(OF_ALL, shared, "secret", NOTHING);
        byte[] key = expand(OF_ALL, secret, "key", context, KEY);
        byte[] nonce = expand(OF_ALL, secret, "base_nonce", context, NONCE);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    /** LabeledExtract, section 4; HKDF is RFC 5869. */
    private static byte[] extract(byte[] suite, byte[] salt, String label, byte[] secret)
            throws GeneralSecurityException {
        return mac(salt.length == 0 ? new byte[SHA256] : salt, join(VERSION, suite, ascii(label), secret));
    }

    /** LabeledExpand, section 4, of no more than one hash. */
    private static byte[] expand(byte[] suite, byte[] secret, String label, byte[] info, int length)
            throws GeneralSecurityException {
        byte[] labelled = join(number(length), VERSION, suite, ascii(label), info);
        return Arrays.copyOf(mac(secret, join(labelled, new byte[] {1})), length);
    }

    private static byte[] mac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }

    private static byte[] suite(String name, int... numbers) {
        byte[] suite = ascii(name);
        for (int number : numbers) {
            suite = join(suite, number(number));
        }
        return suite;
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(Short.BYTES).putShort((short) number).array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
