package io.knit.testkit.sim.host;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** How long each host's agent had no answer of a server, by what arrived. */
final class Unanswered {
    /** An answer that comes later the agent does not wait for. */
    private static final Duration PROMPT = Duration.ofMillis(1_900);

    /** So long a silence may have its consequences after its end: an engine that hangs is told again and again. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final Instant start;
    private final Map<String, Instant> answered = new HashMap<>();
    private final Map<String, Silence> longest = new HashMap<>();

    /** @param end when it was over */
    private record Silence(Duration length, Instant end) {}

    Unanswered(Instant start) {
        this.start = start;
    }

    /**
     * An answer came.
     *
     * @param sent when its own question was: a server that stood still answers old ones after the agent gave these up, and when newer ones are under way
     */
    void answered(String host, Instant sent, Instant now) {
        if (sent.plus(PROMPT).isAfter(now)) {
            Silence silence = new Silence(Duration.between(answered.getOrDefault(host, start), now), now);
            if (silence.length().compareTo(of(host, now)) >= 0) {
                longest.put(host, silence);
            }
            answered.put(host, now);
        }
    }

    /** The longest of the last minute, also one that goes on. */
    Duration of(String host, Instant now) {
        Duration present = Duration.between(answered.getOrDefault(host, start), now);
        Silence past = longest.get(host);
        boolean longer = past != null
                && past.end().plus(REMEMBERED).isAfter(now)
                && past.length().compareTo(present) > 0;
        return longer ? Objects.requireNonNull(past).length() : present;
    }
}
