package io.knit.testkit.runtime;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * Something that happened to a container of a {@link FakeEngine}.
 *
 * @param container the engine's id
 * @param detail how it ended; then {@link #UNANSWERED} or {@link #ORPHANED} where that is so; may be empty
 */
public record EngineEvent(
        Instant at, Kind kind, String container, String name, Map<String, String> labels, String detail) {
    /** In the detail of what its caller does not know to be done. */
    public static final String UNANSWERED = "(unanswered)";

    /** In the detail of what was asked for by a process that has died since. */
    public static final String ORPHANED = "(orphaned)";

    public EngineEvent {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(container, "container");
        Objects.requireNonNull(name, "name");
        labels = Map.copyOf(labels);
        Objects.requireNonNull(detail, "detail");
    }

    /** What happened. */
    public enum Kind {
        CREATED,
        STARTED,
        ENDED,
        REMOVED,
        /** A command was run in it; the detail says which. */
        EXECUTED,
        /** It got a signal; the detail says which. */
        SIGNALLED
    }
}
