package io.knit.core.server.view;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.Peer;
import io.knit.core.server.state.ClusterState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The views of the newest state that was asked for. Who asks twice between two commits is given the same; after a commit only what changed
 * is made anew. Thread-safe; nobody who decides waits for it.
 */
public final class Snapshots {
    private @Nullable Asked last;
    private Map<String, Known> known = Map.of();

    private record Asked(ClusterState state, List<Node> foreign, List<Peer> peers, ClusterSnapshot answer) {
        boolean is(ClusterState newest, List<Node> otherNodes, List<Peer> otherPeers) {
            return state == newest && foreign == otherNodes && peers == otherPeers;
        }
    }

    private record Known(Deployment deployment, Map<String, Instance> instances, DeploymentView view) {
        boolean is(Deployment newest, Map<String, Instance> present) {
            return deployment == newest && instances == present;
        }
    }

    /** As {@link Views#cluster}. */
    public synchronized ClusterSnapshot of(ClusterState state, List<Node> foreign, List<Peer> peers) {
        Asked before = last;
        if (before != null && before.is(state, foreign, peers)) {
            return before.answer();
        }
        Map<String, Known> present = new HashMap<>();
        List<DeploymentView> views = new ArrayList<>(state.deployments().size());
        for (Deployment deployment : state.deployments().values()) {
            Known newest = known(state, deployment);
            present.put(deployment.name(), newest);
            views.add(newest.view());
        }
        known = present;
        ClusterSnapshot answer = Views.cluster(state, views, foreign, peers);
        last = new Asked(state, foreign, peers, answer);
        return answer;
    }

    /** One deployment, made for itself. */
    public Optional<DeploymentView> deployment(ClusterState state, String name) {
        return Optional.ofNullable(state.deployment(name))
                .map(found -> Views.deployment(found, state.instancesOf(name)));
    }

    private Known known(ClusterState state, Deployment deployment) {
        Map<String, Instance> instances = state.instancesIn(deployment.name());
        Known before = known.get(deployment.name());
        return before != null && before.is(deployment, instances)
                ? before
                : new Known(deployment, instances, Views.deployment(deployment, List.copyOf(instances.values())));
    }
}
