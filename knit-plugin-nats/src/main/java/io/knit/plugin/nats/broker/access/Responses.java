package io.knit.plugin.nats.broker.access;

import java.time.Duration;

/**
 * The right to answer: who got a message with a reply subject may publish to that, whatever else it may publish to.
 *
 * @param max answers to one request, at least 1
 * @param ttl how long after the request, at least 1 ms
 */
public record Responses(int max, Duration ttl) {
    public Responses {
        if (max < 1) {
            throw new IllegalArgumentException("responses are " + max + "; give at least 1");
        }
        if (ttl.toMillis() < 1) {
            throw new IllegalArgumentException("the time for responses is " + ttl + "; give at least a millisecond");
        }
    }
}
