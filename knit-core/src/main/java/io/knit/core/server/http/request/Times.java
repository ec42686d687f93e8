package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Pointers;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/** Times in a query. */
public final class Times {
    /** What is parsed takes years of ten digits as well, the hour 24, and seconds of a zone. */
    private static final Pattern RFC_3339 = Pattern.compile(
            "\\d{4}-\\d{2}-\\d{2}[Tt](?!24)\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?(?:[Zz]|[+-](?:0\\d|1[0-7]):[0-5]\\d)");

    private Times() {}

    /**
     * As RFC 3339 has them, in any zone.
     *
     * @throws KnitException with {@code INVALID_VALUE}, naming the parameter
     */
    public static Instant of(String parameter, String text) {
        try {
            if (RFC_3339.matcher(text).matches()) {
                return Instant.parse(text);
            }
        } catch (DateTimeParseException e) {
            // said below
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "the parameter " + parameter + " is " + Pointers.quoted(text)
                        + "; give a time as the events have it, as 2026-11-26T12:00:00Z");
    }
}
