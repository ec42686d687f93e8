package io.knit.plugin.nats.broker.protocol;

import org.jspecify.annotations.Nullable;

/** The first word of what a client sends, in any case. */
enum Operation {
    CONNECT("connect", Rest.TEXT),
    PUB("pub", Rest.ARGUMENTS),
    HPUB("hpub", Rest.ARGUMENTS),
    SUB("sub", Rest.ARGUMENTS),
    UNSUB("unsub", Rest.ARGUMENTS),
    PING("ping", Rest.IGNORED),
    PONG("pong", Rest.IGNORED),
    INFO("info", Rest.IGNORED),
    OK("+ok", Rest.IGNORED),
    ERR("-err", Rest.IGNORED),
    /** Not a word of the protocol, already now. */
    UNKNOWN("", Rest.IGNORED),
    /** May still become a word when more bytes arrive. */
    UNFINISHED("", Rest.IGNORED);

    /** What follows the word. */
    enum Rest {
        /** Words, after a blank that must be there. */
        ARGUMENTS,
        /** Text to the end of the line. */
        TEXT,
        /** Nothing that matters. */
        IGNORED
    }

    final Rest rest;
    private final String word;

    Operation(String word, Rest rest) {
        this.word = word;
        this.rest = rest;
    }

    int length() {
        return word.length();
    }

    /** The operation whose word stands at {@code start}; there is at least one byte. */
    static Operation at(byte[] bytes, int start, int end) {
        Operation candidate = candidate(lower(bytes[start]), start + 1 < end ? lower(bytes[start + 1]) : -1);
        if (candidate == null) {
            return start + 1 < end || lower(bytes[start]) != 'p' ? UNKNOWN : UNFINISHED;
        }
        String word = candidate.word;
        int present = Math.min(word.length(), end - start);
        for (int i = 1; i < present; i++) {
            if (lower(bytes[start + i]) != word.charAt(i)) {
                return UNKNOWN;
            }
        }
        if (candidate.rest != Rest.ARGUMENTS) {
            return present < word.length() ? UNFINISHED : candidate;
        }
        if (start + word.length() >= end) {
            return UNFINISHED;
        }
        byte next = bytes[start + word.length()];
        return next == ' ' || next == '\t' ? candidate : UNKNOWN;
    }

    private static @Nullable Operation candidate(int first, int second) {
        return switch (first) {
            case 'p' ->
                switch (second) {
                    case 'u' -> PUB;
                    case 'i' -> PING;
                    case 'o' -> PONG;
                    default -> null;
                };
            case 'h' -> HPUB;
            case 's' -> SUB;
            case 'u' -> UNSUB;
            case 'c' -> CONNECT;
            case 'i' -> INFO;
            case '+' -> OK;
            case '-' -> ERR;
            default -> null;
        };
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }
}
