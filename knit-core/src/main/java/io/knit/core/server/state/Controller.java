package io.knit.core.server.state;

import java.time.Instant;
import java.util.List;

/** Has the last word in each commit: what follows from the commands' changes is stored together with them. */
@FunctionalInterface
public interface Controller {
    /**
     * @param before the state at the last commit
     * @param tip the state with the commands' changes
     * @param changes those changes; empty if the controller only asked to be called
     */
    List<Change> decide(ClusterState before, ClusterState tip, List<Change> changes, Instant now);

    /** The last decision could not be stored: what it remembers of having made it is not so. */
    default void notStored() {}
}
