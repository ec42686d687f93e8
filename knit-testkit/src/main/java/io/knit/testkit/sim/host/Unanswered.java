package io.knit.testkit.sim.host;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How long each host's agent had no answer of a server, by what arrived. */
final class Unanswered {
    /** An answer that comes later the agent does not wait for. */
    private static final Duration PROMPT = Duration.ofMillis(1_900);

    /** So long a silence may have its consequences after its end: an engine that hangs is told again and again. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final Instant start;
    private final Map<String, Instant> answered = new HashMap<>();
    /** By host; those that are over and may yet have their consequences: a shorter one outlasts a longer one before it. */
    private final Map<String, List<Silence>> past = new HashMap<>();

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
            List<Silence> all = past.computeIfAbsent(host, none -> new ArrayList<>());
            all.removeIf(it -> !isRemembered(it, now));
            all.add(new Silence(Duration.between(answered.getOrDefault(host, start), now), now));
            answered.put(host, now);
        }
    }

    /** The longest of the last minute, also one that goes on. */
    Duration of(String host, Instant now) {
        Duration present = Duration.between(answered.getOrDefault(host, start), now);
        return past.getOrDefault(host, List.of()).stream()
                .filter(it -> isRemembered(it, now))
                .map(Silence::length)
                .reduce(present, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }

    private static boolean isRemembered(Silence silence, Instant now) {
        return silence.end().plus(REMEMBERED).isAfter(now);
    }
}
