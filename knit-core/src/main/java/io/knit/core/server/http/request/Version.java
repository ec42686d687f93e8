package io.knit.core.server.http.request;

import io.vertx.core.http.HttpServerRequest;

/** The API's version stands before its paths. Without it they are what they were when they were released, for ever. */
public final class Version {
    public static final String PREFIX = "/v1";

    private Version() {}

    /** Whether a request names it. */
    public static boolean isNamed(HttpServerRequest request) {
        return prefix(request).equals(PREFIX);
    }

    /** What paths that an answer names begin with, so that who asks with the version goes on with it. */
    public static String prefix(HttpServerRequest request) {
        String path = request.path();
        return path != null && path.startsWith(PREFIX + "/") ? PREFIX : "";
    }
}
