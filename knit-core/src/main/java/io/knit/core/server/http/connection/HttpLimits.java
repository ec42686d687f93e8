package io.knit.core.server.http.connection;

import java.time.Duration;

/**
 * What strangers may take of the server.
 *
 * @param connections open at once; as many again are told so and closed, more are closed at once
 * @param bodyBytes of all requests under way together, from their first byte to the end of their answer
 * @param unreadBytes of all that is kept for connections that have not taken it
 * @param patience how long a head may take, and how often a body must have made progress
 * @param bodyProgress bytes that a body must bring within {@code patience}
 * @param farewell how long a close waits for answers under way
 * @param ping how often it is asked whether anybody is at a WebSocket's other end; who has not answered until the next is gone
 */
public record HttpLimits(
        int connections,
        long bodyBytes,
        long unreadBytes,
        Duration patience,
        int bodyProgress,
        Duration farewell,
        Duration ping) {
    public static final int MAX_BODY = 1 << 20;

    /** Of a path with its query, in bytes: room for a command of some lines. All connections together could fill 32 MB with such lines. */
    public static final int LONGEST_LINE = 16 << 10;

    /** For connections on which nothing moves. */
    public static final int IDLE_SECONDS = 60;

    private static final long MOST_BYTES = 64L << 20;

    /** For this much heap: bodies and answers get an eighth of it each, and room for a few of the largest at least. */
    public static HttpLimits forHeap(long heapBytes) {
        long bytes = Math.max(4L * MAX_BODY, Math.min(MOST_BYTES, heapBytes / 8));
        return new HttpLimits(
                2_000, bytes, bytes, Duration.ofSeconds(10), 10 * 1024, Duration.ofSeconds(8), Duration.ofSeconds(15));
    }
}
