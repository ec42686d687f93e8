package io.knit.core.server.http.answer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.ErrorKind;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.http.json.Json;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An error as {@code application/problem+json} (RFC 9457).
 *
 * @param exception what to tell; never an unexpected one, which {@link #of} replaces
 * @param status of the answer
 */
record Problem(KnitException exception, int status) {
    static final String MEDIA_TYPE = "application/problem+json";
    private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

    Problem(KnitException exception) {
        this(exception, ProblemStatus.of(exception.code()));
    }

    /** Unexpected errors are logged here, once, and the client learns only how to find them in the log. */
    static Problem of(Throwable error, String requestId) {
        if (error instanceof KnitException expected && expected.code().kind() != ErrorKind.INTERNAL) {
            return new Problem(expected);
        }
        LOG.atError()
                .addKeyValue("request_id", requestId)
                .setCause(error)
                .log("a request failed, reference {}", requestId);
        return new Problem(new KnitException(
                ErrorCode.INTERNAL,
                "something went wrong in the server; its log tells more under the reference " + requestId));
    }

    byte[] json(String requestId) {
        ObjectNode problem = Json.object();
        ErrorCode code = exception.code();
        problem.put("type", "urn:knit:error:" + code.wireName());
        problem.put("title", title(code));
        problem.put("status", status);
        problem.put("code", code.wireName());
        problem.put("detail", exception.getMessage());
        if (exception.pointer() != null) {
            problem.put("pointer", exception.pointer());
        }
        problem.put("retryable", ProblemStatus.retryable(code));
        if (!requestId.isEmpty()) {
            problem.put("request_id", requestId);
        }
        List<KnitException> all = Refusals.of(exception);
        if (all.size() > 1) {
            ArrayNode errors = problem.putArray("errors");
            all.forEach(one -> {
                ObjectNode error = errors.addObject();
                error.put("code", one.code().wireName());
                error.put("detail", one.getMessage());
                if (one.pointer() != null) {
                    error.put("pointer", one.pointer());
                }
            });
        }
        return Json.bytes(problem);
    }

    private static String title(ErrorCode code) {
        String words = code.wireName().replace('_', ' ').replace("json", "JSON");
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
