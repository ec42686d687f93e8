package io.knit.core.server.state;

import io.knit.api.model.KnitEvent;
import java.util.List;

/**
 * A commit that was stored.
 *
 * @param changes all that led from {@code before} to {@code after}, in order
 * @param events what they mean to people
 */
public record Commit(ClusterState before, ClusterState after, List<Change> changes, List<KnitEvent> events) {
    public Commit {
        changes = List.copyOf(changes);
        events = List.copyOf(events);
    }
}
