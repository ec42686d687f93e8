package io.knit.launcher.remote.show;

/** How an answer is printed. */
public enum Format {
    /** For people. */
    TABLE,
    /** For people with a wide terminal. */
    WIDE,
    /** As the server said it. */
    JSON,
    YAML,
    /** One name a line. */
    NAME;

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
