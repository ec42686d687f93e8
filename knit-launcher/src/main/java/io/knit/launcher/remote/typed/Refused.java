package io.knit.launcher.remote.typed;

/** Why a command does not ask the server for what it was to do. The message is what is the matter and, behind a semicolon, what to do. */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean notFound;

    public Refused(String message) {
        this(message, false);
    }

    private Refused(String message, boolean notFound) {
        super(message);
        this.notFound = notFound;
    }

    /** There is no such thing. */
    public static Refused notFound(String message) {
        return new Refused(message, true);
    }

    public boolean isNotFound() {
        return notFound;
    }
}
