package io.knit.core;

import io.knit.core.server.incident.Replay;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that {@code GET /incident} or {@code Orchestrator.incident} gave: what a server decided, and from what. Replayed, it is decided again by
 * this version, without a server.
 *
 * <pre>{@code
 * Incident.Outcome outcome = Incident.replay(Files.readString(file));
 * }</pre>
 */
public final class Incident {
    private Incident() {}

    /**
     * What came of a replay.
     *
     * @param decisions how many were decided again
     * @param difference the first that is another one than it was then, in words; null: all are the same
     */
    public record Outcome(int decisions, @Nullable String difference) {
        /** Whether all was decided as it was then. */
        public boolean isSame() {
            return difference == null;
        }
    }

    /**
     * Decides all of it again. Takes about as long as it took the server.
     *
     * @throws io.knit.api.error.KnitException with {@code INVALID_VALUE} if it is no such file
     */
    public static Outcome replay(String text) {
        Replay.Result result = Replay.of(Objects.requireNonNull(text, "text"));
        return new Outcome(result.decisions(), result.difference());
    }
}
