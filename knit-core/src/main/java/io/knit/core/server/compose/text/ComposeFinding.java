package io.knit.core.server.compose.text;

/**
 * What is to be said of a place in a Compose file.
 *
 * @param refuses whether nothing is deployed because of it; else it is a remark
 * @param words what it is
 * @param instead what to write instead; empty: nothing need be done
 */
public record ComposeFinding(Spot at, boolean refuses, String words, String instead) {
    /** What to do where only {@code docker compose} reads what belongs together. */
    public static final String AS_ONE =
            "docker compose config --no-path-resolution --format json | knit deploy - deploys what docker compose makes of all its files";

    /** Both in one sentence. */
    public String sentence() {
        return instead.isEmpty() ? words : words + "; " + instead;
    }

    @Override
    public String toString() {
        return at + ": " + sentence();
    }
}
