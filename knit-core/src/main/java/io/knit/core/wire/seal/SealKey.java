package io.knit.core.wire.seal;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

/** With what an agent opens what a server sealed for it alone. Immutable; shows itself to nobody. */
public final class SealKey {
    private final byte[] secret;
    private final X25519 pair;

    private SealKey(byte[] secret, X25519 pair) {
        this.secret = secret;
        this.pair = pair;
    }

    /** @param chance at least 50 of {@code a-z 0-9}, by chance */
    public static SealKey made(String chance) {
        try {
            return of(MessageDigest.getInstance("SHA-256").digest(chance.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /**
     * @param secret what {@link #secret} gave
     * @throws IllegalArgumentException if it is not that long
     */
    public static SealKey of(byte[] secret) {
        if (secret.length != X25519.KEY) {
            throw new IllegalArgumentException("an agent's key has " + X25519.KEY + " bytes");
        }
        try {
            return new SealKey(secret.clone(), X25519.of(secret));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has X25519", e);
        }
    }

    /** For its own disk. */
    public byte[] secret() {
        return secret.clone();
    }

    /** For servers: Base64. */
    public String forServers() {
        return Base64.getEncoder().encodeToString(pair.publicKey());
    }

    /**
     * What is in a box.
     *
     * @param about what it is said to be
     * @throws KnitException with {@code SECRETS_LOCKED} if it was sealed for another, is about something else, or was changed
     */
    public byte[] open(String about, byte[] box) {
        try {
            if (box.length >= Hpke.LEAST) {
                return Hpke.open(pair, about.getBytes(StandardCharsets.UTF_8), box);
            }
        } catch (GeneralSecurityException e) {
            // said below
        }
        throw new KnitException(
                ErrorCode.SECRETS_LOCKED, "what the server sealed for this agent does not open with the agent's key");
    }

    @Override
    public String toString() {
        return "SealKey[***]";
    }
}
