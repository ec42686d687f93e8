package io.knit.plugin.nats.broker.routing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The rules of subjects: tokens between dots, {@code *} for one token, {@code >} for one or more at the end. */
public final class SubjectRules {
    static final String ONE = "*";
    static final String REST = ">";

    private SubjectRules() {}

    /** Whether a subscription may ask for it: no empty token, and {@code >} only at the end. */
    public static boolean isPattern(String subject) {
        List<String> tokens = tokens(subject);
        int rest = tokens.indexOf(REST);
        return !tokens.isEmpty() && (rest < 0 || rest == tokens.size() - 1);
    }

    /** Whether a strict client may publish to it: no empty token, no wildcard. */
    public static boolean isLiteral(String subject) {
        List<String> tokens = tokens(subject);
        return !tokens.isEmpty() && !tokens.contains(ONE) && !tokens.contains(REST);
    }

    /** A subject as people write it, where its bytes are UTF-8; the broker itself holds every byte as a character. */
    public static String readable(String subject) {
        for (int i = 0; i < subject.length(); i++) {
            if (subject.charAt(i) > 127) {
                return new String(subject.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            }
        }
        return subject;
    }

    /** The tokens, or an empty list if one of them is empty: such a subject matches nothing. */
    static List<String> tokens(String subject) {
        List<String> tokens = new ArrayList<>(8);
        int start = 0;
        for (int i = 0; i <= subject.length(); i++) {
            if (i == subject.length() || subject.charAt(i) == '.') {
                if (i == start) {
                    return List.of();
                }
                tokens.add(subject.substring(start, i));
                start = i + 1;
            }
        }
        return tokens;
    }
}
