package io.knit.core.template.bound;

/**
 * A bound is reached. An error, since Pebble catches exceptions in many places and goes on with words of its own; nothing but
 * The template engine catches it.
 */
public final class SpentError extends Error {
    public static final String TOO_DEEP = "it is nested too deep, or a macro or template calls itself without end";

    private static final long serialVersionUID = 1L;

    SpentError(String words) {
        super(words, null, false, false);
    }
}
