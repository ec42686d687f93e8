package io.knit.core.server.state;

/** Keys of documents. Made of digits themselves and not by a format, which would write them as the language of the machine does. */
public final class Keys {
    private static final int EVENT_DIGITS = 19;
    private static final int REVISION_DIGITS = 9;

    private Keys() {}

    /** Sorts as the numbers do. */
    public static String event(long seq) {
        return padded(seq, EVENT_DIGITS);
    }

    /** Sorts by deployment, then number. */
    public static String revision(String deployment, int number) {
        return deployment + "/" + padded(number, REVISION_DIGITS);
    }

    private static String padded(long number, int digits) {
        String text = Long.toString(number);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }
}
