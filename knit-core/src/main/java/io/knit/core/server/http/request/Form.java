package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A browser's form, {@code application/x-www-form-urlencoded}. */
final class Form {
    /** Enough for the dashboard's form with all the templates there can be. */
    private static final int MAX_FIELDS = 256;

    private Form() {}

    /**
     * Adds the fields of the body to the request's, if it is a form.
     *
     * @throws KnitException of kind USER
     */
    static void read(HttpServerRequest request, byte[] body) {
        String type = request.getHeader("Content-Type");
        if (type == null
                || body.length == 0
                || !type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
            return;
        }
        String[] pairs = new String(body, StandardCharsets.UTF_8).split("&", MAX_FIELDS + 1);
        if (pairs.length > MAX_FIELDS) {
            throw new KnitException(
                    ErrorCode.TOO_LARGE, "the form has more than " + MAX_FIELDS + " fields; send fewer");
        }
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            if (!pair.isEmpty()) {
                request.formAttributes().add(decoded(name), decoded(value));
            }
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE, "the form has a % that no two digits follow; write %25 for a %", e);
        }
    }
}
