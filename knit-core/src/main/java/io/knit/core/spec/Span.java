package io.knit.core.spec;

import io.knit.api.spi.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Which durations a field may have: whole milliseconds from the one to the other. */
public record Span(Duration least, Duration most) {
    /** In which a node that is drained may have to be empty. */
    public static final Span OF_DRAIN = new Span(Duration.ofSeconds(1), Duration.ofDays(30));

    /**
     * What is wrong with a duration, and what to give instead.
     *
     * @param field as the user knows it
     * @return null: nothing
     */
    public @Nullable String fault(String field, Duration duration) {
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            String given = duration.isNegative() ? "below zero" : Durations.text(duration);
            return field + " is " + given + "; give " + Durations.text(least) + " to " + Durations.text(most);
        }
        return duration.toNanosPart() % 1_000_000 == 0
                ? null
                : field + " has a part of a millisecond; give whole ones, such as " + Durations.text(duration);
    }

    @Override
    public String toString() {
        return Durations.text(least) + "–" + Durations.text(most);
    }
}
