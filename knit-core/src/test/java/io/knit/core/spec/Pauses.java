package io.knit.core.spec;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the tests say of durations by: a record whose table no spec has. */
public record Pauses(Duration before, @Nullable Duration after) {
    public static final Table<Pauses> TABLE = Table.of(
            Pauses.class,
            given -> new Pauses(Duration.ofSeconds(10), null),
            Field.duration("before", Pauses::before, Duration.ofMillis(100), Duration.ofHours(1))
                    .doc("a while, {range}"),
            Field.duration("after", Pauses::after, Duration.ZERO, Duration.ofMinutes(90))
                    .unlessGiven("never"));
}
