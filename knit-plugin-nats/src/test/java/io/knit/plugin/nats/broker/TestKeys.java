package io.knit.plugin.nats.broker;

import io.nats.client.NKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;

/** Two nkeys made for tests: one that the brokers know, as the user {@code key}, and one that they do not. */
public final class TestKeys {
    private static final NKey FIRST = user();
    private static final NKey SECOND = user();

    static final String KNOWN = text(FIRST);
    static final String STRANGE = text(SECOND);

    private TestKeys() {}

    private static NKey user() {
        try {
            return NKey.createUser(null);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(NKey key) {
        try {
            return new String(key.getPublicKey());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key that the brokers know. */
    public static NKey known() {
        return FIRST;
    }

    /** A key that no broker knows. */
    public static NKey strange() {
        return SECOND;
    }

    static String signature(NKey key, String nonce) {
        try {
            byte[] signed = key.sign(nonce.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
