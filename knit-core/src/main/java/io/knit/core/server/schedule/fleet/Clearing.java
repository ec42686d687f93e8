package io.knit.core.server.schedule.fleet;

import io.knit.core.server.schedule.wish.Wish;
import java.util.Set;

/**
 * Nodes on which others stop to make room for a deployment. Until it has it, nothing that does not go before it is placed there: what gets free bit
 * by bit would be given to those who were pushed out, and they would be pushed out again.
 *
 * @param nodes their ids
 */
public record Clearing(String deployment, int priority, Set<String> nodes) {
    public Clearing {
        nodes = Set.copyOf(nodes);
    }

    /** Whether it keeps the node from what is wished. */
    boolean isAgainst(Wish wish, String node) {
        return isAgainst(wish) && nodes.contains(node);
    }

    boolean isAgainst(Wish wish) {
        return wish.priority() <= priority && !wish.deployment().equals(deployment);
    }
}
