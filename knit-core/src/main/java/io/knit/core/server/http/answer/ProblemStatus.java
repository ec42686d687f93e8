package io.knit.core.server.http.answer;

import io.knit.api.error.ErrorCode;

/** The only place where an error's code becomes an HTTP status. */
public final class ProblemStatus {
    private ProblemStatus() {}

    public static int of(ErrorCode code) {
        return switch (code) {
            case TOO_SLOW -> 408;
            case TOO_LARGE -> 413;
            case UNSUPPORTED_MEDIA_TYPE -> 415;
            case NOT_FOUND -> 404;
            case FORGOTTEN -> 410;
            case METHOD_NOT_ALLOWED -> 405;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case TOO_MANY_REQUESTS -> 429;
            case REVISION_CHANGED -> 412;
            case NOT_JSON,
                    WRONG_TYPE,
                    UNKNOWN_FIELD,
                    UNKNOWN_PARAMETER,
                    MISSING_FIELD,
                    INVALID_VALUE,
                    DUPLICATE_VALUE,
                    TEMPLATE_INVALID,
                    INVALID_CONFIGURATION -> 400;
            case NODE_ID_TAKEN,
                    VERSION_NOT_SPOKEN,
                    WRONG_CLUSTER,
                    IN_USE,
                    NO_NODE_FITS,
                    BUSY,
                    IMAGE_UNAVAILABLE,
                    PORT_IN_USE,
                    NO_SUCH_ADDRESS,
                    RUNTIME_REFUSED,
                    RUNTIME_UNAVAILABLE,
                    TRANSPORT_UNAVAILABLE,
                    STORE_UNAVAILABLE,
                    SECRETS_LOCKED,
                    COMMIT_IN_DOUBT,
                    DISCOVERY_UNAVAILABLE,
                    ADDRESS_UNAVAILABLE,
                    FILE_UNAVAILABLE,
                    PLUGIN_FAILED,
                    CLOSED,
                    INTERNAL -> byKind(code);
        };
    }

    /** Whether the same request may succeed later. A server that is closed is started again, or another one has its place. */
    static boolean retryable(ErrorCode code) {
        return code.retryable() || code == ErrorCode.CLOSED;
    }

    private static int byKind(ErrorCode code) {
        return switch (code.kind()) {
            case USER -> 400;
            case CONFLICT -> code == ErrorCode.CLOSED ? 503 : 409;
            case CAPACITY, EXTERNAL -> 503;
            case INTERNAL -> 500;
        };
    }
}
