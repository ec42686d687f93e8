package io.knit.plugin.nats.broker.access;

import java.util.Arrays;
import java.util.regex.Pattern;

/** A subject with wildcards, and if it is about queue groups only, the pattern of their names. */
final class SubjectPattern {
    private static final String ONE = "*";
    private static final String REST = ">";
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern DOT = Pattern.compile("\\.");

    private final String text;
    private final String[] subject;
    private final String[] queue;

    private SubjectPattern(String text, String[] subject, String[] queue) {
        this.text = text;
        this.subject = subject;
        this.queue = queue;
    }

    /** Reads {@code subject} or {@code subject queue}; refuses what no subscription could ask for. */
    static SubjectPattern of(String text) {
        String[] words = BLANKS.split(text.strip());
        if (words.length > 2) {
            throw new IllegalArgumentException("the permission '" + text
                    + "' has more than two words; give a subject, or a subject and a queue group");
        }
        return new SubjectPattern(
                text.strip(), valid(words[0], text), words.length == 2 ? valid(words[1], text) : new String[0]);
    }

    private static String[] valid(String pattern, String text) {
        String[] tokens = tokens(pattern);
        int rest = Arrays.asList(tokens).indexOf(REST);
        if (tokens.length == 0 || (rest >= 0 && rest < tokens.length - 1)) {
            throw new IllegalArgumentException(
                    "the permission '" + text
                            + "' is no pattern of subjects; give tokens with dots between them, * for one token, > for the rest");
        }
        return tokens;
    }

    /** The tokens; none if one of them is empty: such a subject matches nothing. */
    static String[] tokens(String subject) {
        String[] tokens = DOT.split(subject, -1);
        for (String token : tokens) {
            if (token.isEmpty()) {
                return new String[0];
            }
        }
        return tokens;
    }

    /** Whether it is about subscriptions of queue groups only. */
    boolean hasQueue() {
        return queue.length > 0;
    }

    boolean matchesQueue(String[] name) {
        return matches(queue, name, true);
    }

    /** Whether it matches the subject, be it a message's or a subscription's; wildcards in that are tokens like others. */
    boolean matches(String[] tokens) {
        return matches(subject, tokens, true);
    }

    /** Whether it matches every message that a subscription to the subject can get. */
    boolean contains(String[] tokens) {
        return matches(subject, tokens, false);
    }

    private static boolean matches(String[] pattern, String[] tokens, boolean oneTakesRest) {
        for (int i = 0; i < pattern.length; i++) {
            if (i == tokens.length) {
                return false;
            }
            if (pattern[i].equals(REST)) {
                return true;
            }
            boolean same =
                    pattern[i].equals(ONE) ? oneTakesRest || !tokens[i].equals(REST) : pattern[i].equals(tokens[i]);
            if (!same) {
                return false;
            }
        }
        return pattern.length == tokens.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SubjectPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
