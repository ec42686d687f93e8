package io.knit.core.wiring;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The word by which a closed cluster's new agents show that they are invited. No message here repeats it. */
public final class JoinToken {
    /** The setting's key. */
    public static final String KEY = "join-token";

    private static final int SHORTEST = 16;
    private static final int LONGEST = 1024;

    private JoinToken() {}

    public static boolean isSet(Map<String, String> config) {
        return config.containsKey(KEY);
    }

    /**
     * Looks at the token, if one is set.
     *
     * @throws IllegalArgumentException if it is too short to keep anybody out, or too long
     */
    public static void check(Map<String, String> config) {
        @Nullable String token = config.get(KEY);
        if (token != null && (token.isBlank() || token.length() < SHORTEST || token.length() > LONGEST)) {
            throw new IllegalArgumentException(
                    KEY + " (not shown) has " + token.length() + " characters; give " + SHORTEST + " to " + LONGEST
                            + " that nobody can guess, such as what \"openssl rand -hex 16\" prints");
        }
    }
}
