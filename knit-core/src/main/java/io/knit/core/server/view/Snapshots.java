package io.knit.core.server.view;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.Peer;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.state.ClusterState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private record Known(
            Deployment deployment,
            Map<String, Instance> instances,
            List<Waiting> waits,
            @Nullable String problem,
            DeploymentView view) {
        boolean is(ClusterState newest) {
            return deployment == newest.deployment(deployment.name())
                    && instances == newest.instancesIn(deployment.name())
                    && waits == newest.waitsOf(deployment.name())
                    && Objects.equals(problem, newest.quarantined().get(deployment.name()));
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
        return Optional.ofNullable(state.deployment(name)).map(found -> Views.deployment(state, found));
    }

    private Known known(ClusterState state, Deployment deployment) {
        String name = deployment.name();
        Known before = known.get(name);
        return before != null && before.is(state)
                ? before
                : new Known(
                        deployment,
                        state.instancesIn(name),
                        state.waitsOf(name),
                        state.quarantined().get(name),
                        Views.deployment(state, deployment));
    }
}
