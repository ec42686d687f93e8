package io.knit.core.server.depend;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.state.ClusterState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Deployments that depend on each other in a round: who waits for another that waits for him starts never (pure). */
public final class DependencyCircle {
    private DependencyCircle() {}

    /** The way round that this spec would close, {@code a → b → a}; empty: it closes none. */
    public static Optional<String> of(ClusterState state, DeploymentSpec next) {
        Map<String, String> reached = new HashMap<>();
        Deque<DeploymentSpec> open = new ArrayDeque<>(List.of(next));
        while (!open.isEmpty()) {
            DeploymentSpec spec = open.remove();
            for (String name : spec.dependsOn()) {
                if (reached.putIfAbsent(name, spec.name()) != null) {
                    continue;
                }
                if (name.equals(next.name())) {
                    return Optional.of(way(name, reached));
                }
                Deployment other = state.deployment(name);
                if (other != null && !other.deleting()) {
                    open.add(other.spec());
                }
            }
        }
        return Optional.empty();
    }

    private static String way(String name, Map<String, String> reached) {
        Deque<String> way = new ArrayDeque<>(List.of(name));
        String before = reached.get(name);
        while (before != null && !before.equals(name)) {
            way.addFirst(before);
            before = reached.get(before);
        }
        way.addFirst(name);
        return String.join(" → ", way);
    }
}
