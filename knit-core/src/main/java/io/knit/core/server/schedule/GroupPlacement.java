package io.knit.core.server.schedule;

import io.knit.core.server.schedule.fit.Waiting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a group.
 *
 * @param placed for the first instances of the group, in its order
 * @param waiting for all others: why no node fits; null if there are none
 * @param nodesAsked how many nodes were looked at
 */
public record GroupPlacement(
        List<Placement> placed, @Nullable Waiting waiting, int nodesAsked) {
    public GroupPlacement {
        placed = List.copyOf(placed);
    }
}
