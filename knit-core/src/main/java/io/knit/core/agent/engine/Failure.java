package io.knit.core.agent.engine;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;

/**
 * Why an action failed, and what that means.
 *
 * @param words for a user
 */
public record Failure(Kind kind, String words) {
    public enum Kind {
        /** The order changed meanwhile; nothing is wrong. */
        ABANDONED,
        /** Not to be had on this node. */
        REJECTED,
        /** The node does not have now what it had, or is to have; nothing is wrong with the order. */
        NOT_YET,
        /** The engine does not answer. */
        UNANSWERED,
        /** The engine has too much to do; nothing is wrong. */
        BUSY,
        /** May go better later. */
        REFUSED;

        /** Whether what was begun may still come about, so that the next snapshot tells what is there. */
        public boolean leavesOpen() {
            return this == UNANSWERED || this == BUSY;
        }
    }

    public static Failure of(Throwable cause) {
        String words = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (cause instanceof AbandonedException) {
            return new Failure(Kind.ABANDONED, words);
        }
        if (cause instanceof KnitException known) {
            return new Failure(kind(known.code()), words);
        }
        boolean disk = cause instanceof IOException;
        return new Failure(Kind.REFUSED, disk ? "the agent's data folder can't be written: " + cause : words);
    }

    private static Kind kind(ErrorCode code) {
        if (code == ErrorCode.IMAGE_UNAVAILABLE
                || code == ErrorCode.PORT_IN_USE
                || code == ErrorCode.TEMPLATE_INVALID
                || code == ErrorCode.INVALID_VALUE) {
            return Kind.REJECTED;
        }
        if (code == ErrorCode.NO_SUCH_ADDRESS) {
            return Kind.NOT_YET;
        }
        if (code == ErrorCode.BUSY) {
            return Kind.BUSY;
        }
        return code == ErrorCode.RUNTIME_UNAVAILABLE ? Kind.UNANSWERED : Kind.REFUSED;
    }

    /** Ends a creation between two steps. */
    static final class AbandonedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        AbandonedException() {
            super("the order changed");
        }
    }
}
