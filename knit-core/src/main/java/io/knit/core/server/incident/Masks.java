package io.knit.core.server.incident;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.RegistryAuth;
import io.knit.core.spec.SpecTable;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;
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

    /** Without the values of its environment, its templates, and who it is to the registry. */
    DeploymentSpec of(DeploymentSpec spec) {
        return known.computeIfAbsent(spec, this::masked);
    }

    private DeploymentSpec masked(DeploymentSpec spec) {
        Map<String, Object> other = new HashMap<>();
        if (!spec.env().isEmpty()) {
            Map<String, String> env = new TreeMap<>();
            spec.env().forEach((name, value) -> env.put(name, of(value)));
            other.put("env", env);
        }
        if (!spec.templates().isEmpty()) {
            other.put(
                    "templates",
                    spec.templates().stream()
                            .map(it -> it.with(of(it.content())))
                            .toList());
        }
        RegistryAuth auth = spec.registryAuth();
        if (auth != null) {
            other.put("registry_auth", new RegistryAuth(of(auth.username()), of(auth.password())));
        }
        return other.isEmpty() ? spec : SpecTable.SPEC.with(spec, other);
    }
}
