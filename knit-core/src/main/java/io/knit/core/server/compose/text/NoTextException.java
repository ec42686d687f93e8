package io.knit.core.server.compose.text;

/** Thrown for a file that is there, and is none that can be taken; its message says why: {@code is no text in UTF-8}. */
public final class NoTextException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NoTextException(String why) {
        super(why, null, false, false);
    }
}
