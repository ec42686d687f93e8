package io.knit.core.wire.asked;

import org.jspecify.annotations.Nullable;

/**
 * What a stream is asked for. What an agent does not know it refuses in words.
 *
 * @param kind {@code logs}
 * @param instance whose
 * @param logs for {@code logs}
 */
public record StreamRequest(
        int v, String kind, String instance, @Nullable LogRange logs) {
    public static final String LOGS = "logs";

    public static StreamRequest ofLogs(String instance, LogRange range) {
        return new StreamRequest(1, LOGS, instance, range);
    }
}
