package io.knit.core.server.incident;

import io.knit.api.model.DeploymentSpec;
import io.knit.core.spec.SpecTable;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What stands in a file for what nobody else is to read: the same for the same, so that what changed still differs, by a key that is not in the
 * file, so that nobody can try out what it was.
 */
final class Masks {
    private static final int SHOWN = 12;
    private static final String HMAC = "HmacSHA256";

    private final SecretKeySpec key;
    private final Map<DeploymentSpec, DeploymentSpec> known = new IdentityHashMap<>();

    /** @param key random, and forgotten with this */
    Masks(byte[] key) {
        this.key = new SecretKeySpec(key, HMAC);
    }

    String of(String secret) {
        if (secret.isEmpty()) {
            return secret;
        }
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            byte[] hash = mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
            return "***" + HexFormat.of().formatHex(hash).substring(0, SHOWN);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + HMAC, e);
        }
    }

    /** Without what its table calls confidential. */
    DeploymentSpec of(DeploymentSpec spec) {
        return known.computeIfAbsent(spec, it -> SpecTable.SPEC.masked(it, this::of));
    }
}
