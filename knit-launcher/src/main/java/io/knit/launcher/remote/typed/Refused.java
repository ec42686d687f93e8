package io.knit.launcher.remote.typed;

/** Why a command does not ask the server for what it was to do. The message is what is the matter and, behind a semicolon, what to do. */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What is the matter, of which it depends how the command ends. */
    public enum Kind {
        /** It must not be, as things are. */
        REFUSED,
        /** There is no such thing as is named. */
        NOT_FOUND,
        /** A file that is named is not there, or can't be read. */
        NO_FILE,
        /** What was to be written could not be. */
        UNWRITTEN
    }

    private final Kind kind;

    public Refused(String message) {
        this(Kind.REFUSED, message);
    }

    public Refused(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** There is no such thing. */
    public static Refused notFound(String message) {
        return new Refused(Kind.NOT_FOUND, message);
    }

    public Kind kind() {
        return kind;
    }
}
