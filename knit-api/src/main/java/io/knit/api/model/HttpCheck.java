package io.knit.api.model;

import java.util.Map;
import java.util.Objects;

/**
 * A {@code GET} to a container.
 *
 * @param path with what may follow it; begins with {@code /}
 * @param port the container's
 * @param status what it must answer: a status, or a range like {@code 200-399}
 * @param headers to send along
 */
public record HttpCheck(String path, int port, String status, Map<String, String> headers) {
    /** What is taken for well unless told. */
    public static final String WELL = "200-399";

    public HttpCheck {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(status, "status");
        headers = Copies.ordered(headers);
    }

    /** One that takes {@link #WELL}. */
    public HttpCheck(String path, int port) {
        this(path, port, WELL, Map.of());
    }
}
