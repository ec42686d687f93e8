package io.knit.plugin.nats.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Shows that an agent knows the join token without sending it: a keyed hash (HMAC-SHA-256) of its public key. Who overhears it, or is
 * taken for the server, can do nothing with it: it fits one key, and that key's owner has to sign besides.
 */
final class JoinProof {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String PURPOSE = "knit join ";

    private JoinProof() {}

    /** What an agent with this public key sends as its token. */
    static String of(String joinToken, String publicKey) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(joinToken.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            byte[] hash = mac.doFinal((PURPOSE + publicKey).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Whether the proof is the key's; takes the same time for every wrong one. */
    static boolean holds(String proof, String joinToken, String publicKey) {
        return MessageDigest.isEqual(
                of(joinToken, publicKey).getBytes(StandardCharsets.UTF_8), proof.getBytes(StandardCharsets.UTF_8));
    }
}
