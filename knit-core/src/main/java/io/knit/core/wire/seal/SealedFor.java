package io.knit.core.wire.seal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/** Seals for one agent. */
public final class SealedFor {
    private SealedFor() {}

    /**
     * @param agent what {@link SealKey#forServers} gave
     * @param about what it is: it opens for nothing else
     * @param chance at least 50 of {@code a-z 0-9}, by chance, and never given twice
     * @return empty: the agent's is no key
     */
    public static Optional<byte[]> seal(String agent, String about, byte[] content, String chance) {
        try {
            byte[] once = MessageDigest.getInstance("SHA-256")
                    .digest((chance + "\n" + about).getBytes(StandardCharsets.UTF_8));
            byte[] to = Base64.getDecoder().decode(agent);
            return Optional.of(Hpke.seal(X25519.of(once), to, about.getBytes(StandardCharsets.UTF_8), content));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
