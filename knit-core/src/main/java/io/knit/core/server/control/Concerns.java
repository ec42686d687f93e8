package io.knit.core.server.control;

import io.knit.api.model.Instance;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Whom a change concerns (pure). */
final class Concerns {
    private Concerns() {}

    /** Deployments for which something else may follow now. */
    static Set<String> of(ClusterState before, ClusterState after, List<Change> changes) {
        Set<String> names = new TreeSet<>();
        for (Change change : changes) {
            if (change instanceof Change.PutDeployment put) {
                names.add(put.deployment().name());
            } else if (change instanceof Change.RemoveInstance remove) {
                Instance gone = before.instance(remove.id());
                if (gone != null) {
                    names.add(gone.deployment());
                }
            }
            Instance put = change.instanceIn(after);
            if (put != null) {
                names.add(put.deployment());
            }
            String node = change.nodePut();
            if (node != null) {
                after.instancesOn(node).values().forEach(i -> names.add(i.deployment()));
            }
        }
        return names;
    }

    /** Whether one that fits nowhere may fit somewhere now. */
    static boolean free(List<Change> changes) {
        return changes.stream()
                .anyMatch(change -> change.nodePut() != null
                        || change instanceof Change.RemoveNode
                        || change instanceof Change.RemoveInstance);
    }
}
