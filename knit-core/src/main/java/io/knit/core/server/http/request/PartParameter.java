package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Pointers;
import io.vertx.core.http.HttpServerRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The query's parameter {@code part}: which of an instance's containers is meant. */
public final class PartParameter {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private PartParameter() {}

    /**
     * Of a request.
     *
     * @return null: the main container
     * @throws KnitException if it can't be the name of one
     */
    public static @Nullable String of(HttpServerRequest request) {
        String part = request.getParam("part");
        if (part != null && !NAME.matcher(part).matches()) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the parameter part is " + Pointers.quoted(part)
                            + "; give the name of a sidecar or an init container of the spec, or leave it out for the main container");
        }
        return part;
    }
}
