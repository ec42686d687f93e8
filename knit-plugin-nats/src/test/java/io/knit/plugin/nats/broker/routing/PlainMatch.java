package io.knit.plugin.nats.broker.routing;

/** What a subject matches, told token by token: slow, and plain enough to be believed. */
public final class PlainMatch {
    private PlainMatch() {}

    /** Whether a message on a subject reaches who asked for a pattern. */
    public static boolean matches(String pattern, String subject) {
        String[] wanted = pattern.split("\\.", -1);
        String[] tokens = subject.split("\\.", -1);
        for (String token : tokens) {
            if (token.isEmpty()) {
                return false;
            }
        }
        for (int i = 0; i < wanted.length; i++) {
            if (i >= tokens.length) {
                return false;
            }
            if (wanted[i].equals(">")) {
                return true;
            }
            boolean literal = wanted[i].equals(tokens[i]) && !tokens[i].equals("*") && !tokens[i].equals(">");
            if (!wanted[i].equals("*") && !literal) {
                return false;
            }
        }
        return wanted.length == tokens.length;
    }
}
