package io.knit.core.wire;

import java.util.List;

/**
 * "Something changed for you": names instances and their nodes, never specs or secrets. A node that is named and holds a set
 * of a lower revision fetches its assignments. May be lost: the heartbeat heals it.
 *
 * @param revision the state's revision after the change
 * @param deployment what it is about
 */
public record Task(int v, String cluster, long revision, String deployment, List<Placement> placements) {
    /** Where an instance is to run or stop. */
    public record Placement(String instance, String node) {}
}
