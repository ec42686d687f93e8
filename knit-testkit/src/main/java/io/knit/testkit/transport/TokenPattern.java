package io.knit.testkit.transport;

import java.util.List;

/** A subscription's subject, in which an asterisk stands for one token. */
record TokenPattern(List<String> tokens) {
    static TokenPattern of(String subject) {
        return new TokenPattern(List.of(tokensOf(subject)));
    }

    boolean matches(String subject) {
        return matches(tokensOf(subject));
    }

    static String[] tokensOf(String subject) {
        return subject.split("\\.", -1);
    }

    /** @param given the subject's tokens, for who has many patterns to ask */
    boolean matches(String[] given) {
        if (given.length != tokens.size()) {
            return false;
        }
        for (int i = 0; i < tokens.size(); i++) {
            if (!tokens.get(i).equals("*") && !tokens.get(i).equals(given[i])) {
                return false;
            }
        }
        return true;
    }
}
