package io.knit.launcher.remote;

import io.knit.client.Answer;
import io.knit.client.KnitClientException;

/** How a command that asks a server ends. */
final class Exit {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_FOUND = 3;
    static final int TIMED_OUT = 4;
    static final int REFUSED = 5;
    static final int UNREACHABLE = 6;

    /** As a footer of each command's help. */
    static final String WORDS =
            "Exit codes: 0 done, 1 failed, 2 wrong words, 3 not found, 4 not in time, 5 refused, 6 no server there.";

    private Exit() {}

    static int of(KnitClientException failure) {
        return switch (failure.kind()) {
            case FAILED -> FAILED;
            case NOT_FOUND -> NOT_FOUND;
            case TIMED_OUT -> TIMED_OUT;
            case REFUSED -> REFUSED;
            case UNREACHABLE -> UNREACHABLE;
        };
    }

    static int of(Answer answer) {
        if (answer.unsettled().isEmpty()) {
            return OK;
        }
        return answer.timedOut() ? TIMED_OUT : FAILED;
    }
}
