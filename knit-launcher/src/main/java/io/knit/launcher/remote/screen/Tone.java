package io.knit.launcher.remote.screen;

import java.util.Set;

/** How a word is meant, which a screen shows as a colour. */
public enum Tone {
    PLAIN(""),
    GOOD("\033[32m"),
    BUSY("\033[33m"),
    BAD("\033[31m"),
    FAINT("\033[2m");

    public static final String END = "\033[0m";

    private static final Set<String> GOOD_WORDS = Set.of("running", "healthy", "ready", "completed", "done");
    private static final Set<String> BAD_WORDS =
            Set.of("degraded", "failed", "rejected", "lost", "down", "unhealthy", "failing");

    private final String code;

    Tone(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }

    /** Of a status, a state, or several of them with commas between: the worst of them. */
    public static Tone of(String status) {
        Tone tone = GOOD;
        for (String word : status.split(", ")) {
            if (BAD_WORDS.contains(word)) {
                return BAD;
            }
            tone = GOOD_WORDS.contains(word) ? tone : BUSY;
        }
        return status.isEmpty() || status.equals("-") ? PLAIN : tone;
    }
}
