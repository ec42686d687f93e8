package io.knit.api.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * That a node went down lately and came back. Its times are of the time for which a server was there.
 *
 * @param downs how often, each time soon after it had come back
 * @param returned when it came back last
 * @param heldUntil no new work before that, as it may go down once more; null: it takes work
 */
public record Unsteady(
        int downs, Instant returned, @Nullable Instant heldUntil) {
    public Unsteady {
        Objects.requireNonNull(returned, "returned");
    }

    /** It stayed up for as long as it had to. */
    public Unsteady released() {
        return new Unsteady(downs, returned, null);
    }
}
