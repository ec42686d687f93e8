package io.knit.launcher.remote.typed;

/** Why a command does not ask the server for what it was to do. The message is what is the matter and, behind a semicolon, what to do. */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Refused(String message) {
        super(message);
    }
}
