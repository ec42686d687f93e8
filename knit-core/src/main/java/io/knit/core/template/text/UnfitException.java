package io.knit.core.template.text;

/** Why a value can't be written down so, in words for whoever wrote the template; quotes no text of it but keys. */
public final class UnfitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnfitException(String message) {
        super(message);
    }
}
