package io.knit.launcher.program;

import io.knit.api.error.ErrorKind;
import io.knit.api.error.KnitException;

/** How the process ends: the one place where an error's kind becomes an exit code. */
public final class ExitCode {
    public static final int OK = 0;
    public static final int WRONG_USE = 2;

    private ExitCode() {}

    public static int of(Throwable failure) {
        if (failure instanceof KnitException knit) {
            return of(knit.code().kind());
        }
        boolean refusedByBuilder = failure instanceof IllegalArgumentException;
        return of(refusedByBuilder ? ErrorKind.USER : ErrorKind.INTERNAL);
    }

    public static int of(ErrorKind kind) {
        return switch (kind) {
            case INTERNAL -> 1;
            case USER -> WRONG_USE;
            case CONFLICT -> 3;
            case CAPACITY -> 4;
            case EXTERNAL -> 5;
        };
    }

    /** What is said about a failure: the sentence of Knit's own, for anything else also what it is. */
    public static String message(Throwable failure) {
        String text = failure.getMessage();
        if (failure instanceof KnitException || failure instanceof IllegalArgumentException) {
            return String.valueOf(text);
        }
        return "unexpected failure (" + failure.getClass().getSimpleName() + "): "
                + (text == null ? "no more is known" : text);
    }
}
