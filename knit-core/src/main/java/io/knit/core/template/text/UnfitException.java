package io.knit.core.template.text;

/** Why a value can't be written down so, in words for whoever wrote the template; quotes no text of it but keys. */
public final class UnfitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String quotingNothing;

    UnfitException(String message) {
        super(message);
        quotingNothing = message;
    }

    /** @param path keys from the outermost to what does not fit */
    UnfitException(String before, String path, String after) {
        super(before + path + after);
        quotingNothing = before + "something in it" + after;
    }

    /** The same without keys, which are a secret where a template makes them of one. */
    public String quotingNothing() {
        return quotingNothing;
    }
}
