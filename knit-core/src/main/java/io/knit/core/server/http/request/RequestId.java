package io.knit.core.server.http.request;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * By which one request is found again: in its answer's head, in the problem that it is answered with, and in the log. A client may give its own;
 * one that could steer a log or a terminal is not taken.
 */
public final class RequestId {
    public static final String HEADER = "X-Request-Id";

    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~:+/=-]{0,127}");

    private final String run;
    private final AtomicLong number = new AtomicLong();

    /** @param run tells this run of the server from others */
    public RequestId(String run) {
        this.run = run;
    }

    /** Puts it into the answer's head. */
    public void put(HttpServerRequest request) {
        String given = request.getHeader(HEADER);
        request.response()
                .putHeader(
                        HEADER,
                        given != null && WELL_FORMED.matcher(given).matches()
                                ? given
                                : run + "-" + number.incrementAndGet());
    }

    /** The one that {@link #put} gave; empty: none did. */
    public static String of(HttpServerResponse response) {
        String id = response.headers().get(HEADER);
        return id == null ? "" : id;
    }
}
