package io.knit.core.server.value;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Keys by which secrets are sealed (AES-256-GCM): the first seals, all open. A box is the nonce, and what is sealed with its tag. Immutable; shows itself to nobody.
 */
public final class KeyRing {
    /** Bytes of a key. */
    public static final int KEY = 32;

    public static final KeyRing NONE = new KeyRing(Map.of());

    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final int SHOWN = 8;

    private final Map<String, SecretKeySpec> keys;

    private KeyRing(Map<String, SecretKeySpec> keys) {
        this.keys = keys;
    }

    /**
     * @param keys the one that seals, and those that only open
     * @throws IllegalArgumentException if one has not {@link #KEY} bytes
     */
    public static KeyRing of(List<byte[]> keys) {
        Map<String, SecretKeySpec> ring = new LinkedHashMap<>();
        for (byte[] key : keys) {
            if (key.length != KEY) {
                throw new IllegalArgumentException("a key has " + KEY + " bytes, and this one " + key.length);
            }
            ring.putIfAbsent(HexFormat.of().formatHex(sha256(key)).substring(0, SHOWN), new SecretKeySpec(key, "AES"));
        }
        return new KeyRing(Collections.unmodifiableMap(ring));
    }

    /**
     * A key that nobody can guess.
     *
     * @param chance at least 50 of {@code a-z 0-9}, by chance
     */
    public static byte[] keyOf(String chance) {
        return sha256(chance.getBytes(StandardCharsets.UTF_8));
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /** The names of all, that which seals first. */
    public Set<String> names() {
        return keys.keySet();
    }

    /**
     * The name of the key that seals.
     *
     * @throws IllegalStateException if there is none
     */
    public String first() {
        return keys.keySet().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no key to seal with"));
    }

    /** The same, with only the key that seals. */
    public KeyRing onlyFirst() {
        return isEmpty() ? this : new KeyRing(Map.of(first(), key(first())));
    }

    private SecretKeySpec key(String name) {
        SecretKeySpec key = keys.get(name);
        if (key == null) {
            throw new KnitException(
                    ErrorCode.SECRETS_LOCKED,
                    "the key " + name + " is needed to open it, and the server does not have it; give it the key file"
                            + " of before, or a copy of it (--secrets-key-file, KNIT_SECRETS_KEY)");
        }
        return key;
    }

    /**
     * Seals with the first key.
     *
     * @param about what it is: it opens for nothing else
     * @param chance by chance, and never given twice: the nonce is made of it
     */
    byte[] seal(String about, byte[] content, String chance) {
        byte[] nonce = new byte[NONCE];
        System.arraycopy(sha256((chance + "\n" + about).getBytes(StandardCharsets.UTF_8)), 0, nonce, 0, NONCE);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key(first()), nonce, about);
            byte[] box = new byte[NONCE + cipher.getOutputSize(content.length)];
            System.arraycopy(nonce, 0, box, 0, NONCE);
            cipher.doFinal(content, 0, content.length, box, NONCE);
            return box;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has AES-GCM", e);
        }
    }

    /**
     * What is in a box.
     *
     * @param key the name of the one that sealed it
     * @throws KnitException with {@code SECRETS_LOCKED} if that is not here, or the box is not about this, or was changed
     */
    byte[] open(String about, String key, byte[] box) {
        SecretKeySpec found = key(key);
        if (box.length < NONCE) {
            throw broken(key, null);
        }
        try {
            byte[] nonce = new byte[NONCE];
            System.arraycopy(box, 0, nonce, 0, NONCE);
            return cipher(Cipher.DECRYPT_MODE, found, nonce, about).doFinal(box, NONCE, box.length - NONCE);
        } catch (AEADBadTagException e) {
            throw broken(key, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has AES-GCM", e);
        }
    }

    private static KnitException broken(String key, @Nullable Exception cause) {
        return new KnitException(
                ErrorCode.SECRETS_LOCKED,
                "what is stored does not open with the key " + key
                        + ": it was changed, or stands in another's place; set it again",
                cause);
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, String about)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(about.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** Names are told, keys are not. */
    @Override
    public String toString() {
        return "KeyRing" + keys.keySet();
    }
}
