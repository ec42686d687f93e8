package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Pointers;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Times in a query. */
public final class Times {
    private Times() {}

    /**
     * As RFC 3339 has them, in any zone.
     *
     * @throws KnitException with {@code INVALID_VALUE}, naming the parameter
     */
    public static Instant of(String parameter, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the parameter " + parameter + " is " + Pointers.quoted(text)
                            + "; give a time as the events have it, as 2026-11-26T12:00:00Z",
                    e);
        }
    }
}
