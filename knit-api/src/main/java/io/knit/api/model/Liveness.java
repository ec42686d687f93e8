package io.knit.api.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a node's being alive at the moment of asking. Immutable.
 *
 * @param testimonies of each witness that says anything: its heartbeats, its connection where that is closed, and the mesh where the host is on one
 * @param absence that its agent is silent, and until when it is waited for; null: it is heard, or nobody knows
 * @param clockAhead how far its agent's clock was ahead of the server's when it told last, which is about each minute; negative: behind; null: it was not told
 */
public record Liveness(
        List<Testimony> testimonies,
        @Nullable Absence absence,
        @Nullable Duration clockAhead) {
    /** Nobody says anything. */
    public static final Liveness UNKNOWN = new Liveness(List.of(), null);

    /** Of whose agent's clock nothing was told. */
    public Liveness(List<Testimony> testimonies, @Nullable Absence absence) {
        this(testimonies, absence, null);
    }

    public Liveness {
        testimonies = List.copyOf(testimonies);
    }
}
