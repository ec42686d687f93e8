package io.knit.launcher.remote;

import io.knit.client.ChangeAnswer;
import io.knit.client.KnitClientException;
import io.knit.launcher.remote.typed.Refused;

/** How a command that asks a server ends. */
public final class Exit {
    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int NOT_FOUND = 3;
    public static final int TIMED_OUT = 4;
    public static final int REFUSED = 5;
    public static final int UNREACHABLE = 6;

    /** As a footer of each command's help. */
    static final String WORDS =
            "Exit codes: 0 done, 1 failed, 2 wrong words, 3 not found, 4 not in time, 5 refused, 6 no server there.";

    private Exit() {}

    public static int of(KnitClientException failure) {
        return switch (failure.kind()) {
            case FAILED -> FAILED;
            case NOT_FOUND -> NOT_FOUND;
            case TIMED_OUT -> TIMED_OUT;
            case REFUSED -> REFUSED;
            case UNREACHABLE -> UNREACHABLE;
        };
    }

    public static int of(Refused refusal) {
        return switch (refusal.kind()) {
            case REFUSED -> REFUSED;
            case NOT_FOUND -> NOT_FOUND;
            case NO_FILE -> USAGE;
            case UNWRITTEN -> FAILED;
        };
    }

    /** What to do, where the server's words do not say it; empty: they always do. */
    static String mend(KnitClientException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> "knit status and knit nodes show what there is";
            case TIMED_OUT -> "look with knit status before it is sent again";
            case FAILED -> "the server's log says more";
            case REFUSED -> "mend that, and send it again";
            case UNREACHABLE -> "";
        };
    }

    public static int of(ChangeAnswer answer) {
        if (answer.unsettled().isEmpty()) {
            return OK;
        }
        return answer.timedOut() ? TIMED_OUT : FAILED;
    }
}
