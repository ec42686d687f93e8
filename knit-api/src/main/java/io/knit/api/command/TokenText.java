package io.knit.api.command;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A token as its holder has it, {@code knit_ci_…}: its name, so that who finds one knows which to revoke, and a secret. Whoever looks for secrets that were
 * published by mistake finds it by its beginning. Only its {@link #hash} is kept.
 */
public final class TokenText {
    /** So many of {@code a-z 0-9} are more than 256 bits. */
    public static final int SECRET_LENGTH = 50;

    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern NAME = Pattern.compile(LABEL);
    private static final Pattern SHAPE = Pattern.compile("knit_(" + LABEL + ")_[a-z0-9]{" + SECRET_LENGTH + "}");

    private TokenText() {}

    /**
     * @param secret {@link #SECRET_LENGTH} of {@code a-z 0-9}, by chance, which nobody can guess
     * @throws IllegalArgumentException if the two make no token
     */
    public static String of(String name, String secret) {
        String text = "knit_" + name + "_" + secret;
        if (!SHAPE.matcher(text).matches()) {
            throw new IllegalArgumentException("a token needs a DNS label as its name, and a secret of " + SECRET_LENGTH
                    + " small letters and digits (neither is shown)");
        }
        return text;
    }

    /** Whether a token may have this name: it is a DNS label (RFC 1123). */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The name of the token that this text looks like; empty: it looks like none. */
    public static Optional<String> nameIn(String text) {
        Matcher shape = SHAPE.matcher(text);
        return shape.matches() ? Optional.of(shape.group(1)) : Optional.empty();
    }

    /** By which it is recognized: SHA-256, in hexadecimal digits. */
    public static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
