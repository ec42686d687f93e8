package io.knit.launcher.attack;

import io.nats.client.AuthHandler;
import io.nats.client.NKey;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;

/** An agent's key, in a test's hands. */
final class Key {
    private final NKey key;

    private Key(NKey key) {
        this.key = key;
    }

    static Key make() {
        try {
            return new Key(NKey.createUser(null));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String publicKey() {
        try {
            return new String(key.getPublicKey());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    AuthHandler handler() {
        return Nats.staticCredentials(null, key.getSeed());
    }

    /** As CONNECT carries it. */
    String sign(String nonce) {
        try {
            byte[] signature = key.sign(nonce.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Puts it where an agent keeps its own. */
    void putInto(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("agent.nkey"), new String(key.getSeed()));
    }
}
