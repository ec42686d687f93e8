package io.knit.core.server.control;

import io.knit.api.model.Instance;
import io.knit.core.server.schedule.fit.Opening;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

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

    /** Deployments of which an instance that fits nowhere may fit somewhere now. */
    static Set<String> woken(ClusterState before, ClusterState after, List<Change> changes) {
        Set<String> woken = new TreeSet<>();
        if (after.waits().isEmpty()) {
            return woken;
        }
        List<Opening> openings = openings(before, after, changes);
        if (!openings.isEmpty()) {
            after.waits().forEach((deployment, waits) -> {
                if (waits.stream().anyMatch(waiting -> openings.stream().anyMatch(waiting::wakes))) {
                    woken.add(deployment);
                }
            });
        }
        return woken;
    }

    private static List<Opening> openings(ClusterState before, ClusterState after, List<Change> changes) {
        Set<String> nodes = new TreeSet<>();
        Set<String> instances = new TreeSet<>();
        for (Change change : changes) {
            if (change instanceof Change.PutInstance put) {
                instances.add(put.instance().id());
            } else if (change instanceof Change.RemoveInstance remove) {
                instances.add(remove.id());
            } else if (change instanceof Change.RemoveNode remove) {
                nodes.add(remove.id());
            } else if (change.nodePut() != null) {
                nodes.add(Objects.requireNonNull(change.nodePut()));
            }
        }
        return Stream.concat(
                        nodes.stream().map(id -> Opening.of(before.node(id), after.node(id))),
                        instances.stream().map(id -> Opening.of(before.instance(id), after.instance(id))))
                .filter(opening -> !opening.isNone())
                .distinct()
                .toList();
    }
}
