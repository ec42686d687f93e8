package io.knit.core.server.state;

import java.util.ArrayList;
import java.util.List;

/**
 * One change, with the states before and after it. A commit of many is taken apart by several readers, each of which wants to know what was there
 * before: applied once for all of them.
 */
public record Step(ClusterState before, Change change, ClusterState after) {
    public static Step of(ClusterState before, Change change) {
        return new Step(before, change, change.applyTo(before));
    }

    /** The changes in their order. */
    public static List<Step> of(ClusterState before, List<Change> changes) {
        List<Step> steps = new ArrayList<>(changes.size());
        ClusterState state = before;
        for (Change change : changes) {
            Step step = of(state, change);
            steps.add(step);
            state = step.after();
        }
        return steps;
    }
}
