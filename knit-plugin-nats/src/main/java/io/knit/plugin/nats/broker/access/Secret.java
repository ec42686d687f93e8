package io.knit.plugin.nats.broker.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** A password or token that a client must know: kept as a digest, or as the bcrypt hash it was given as. */
final class Secret {
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");
    private static final int LEAST_COST = 4;
    private static final int MOST_COST = 31;
    /** A salt and a hash that no password is known for. */
    private static final String NOTHING = "KnitKnitKnitKnitKnitKe" + "KnitKnitKnitKnitKnitKnitKnitKn.";

    private final byte[] digest;
    private final String hash;

    private Secret(byte[] digest, String hash) {
        this.digest = digest;
        this.hash = hash;
    }

    static Secret of(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(
                    "a password or token is empty; give one that has at least one character");
        }
        if (!text.startsWith("$2")) {
            return new Secret(sha256(text), "");
        }
        if (!BCRYPT.matcher(text).matches() || cost(text) < LEAST_COST || cost(text) > MOST_COST) {
            throw new IllegalArgumentException("a password that begins with $2 is no bcrypt hash;"
                    + " give one as `htpasswd -bnBC 11 '' PASSWORD` prints after the colon");
        }
        return new Secret(new byte[0], text);
    }

    /** What nobody knows, at the cost of checking a bcrypt hash; 0 for one that is none. */
    static Secret unknown(int cost) {
        return cost == 0
                ? new Secret(new byte[0], "")
                : new Secret(new byte[0], String.format(Locale.ROOT, "$2a$%02d$%s", cost, NOTHING));
    }

    private static int cost(String hash) {
        return Integer.parseInt(hash.substring(4, 6));
    }

    /** The exponent of a bcrypt hash's work; 0 if it is none. */
    int cost() {
        return hash.isEmpty() ? 0 : cost(hash);
    }

    /** Whether this is the secret; slow if it has a {@link #cost}. */
    boolean matches(String given) {
        return hash.isEmpty()
                ? MessageDigest.isEqual(digest, sha256(given))
                : OpenBSDBCrypt.checkPassword(hash, given.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "Secret";
    }
}
