package io.knit.core.server;

import io.knit.api.model.Capacity;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.PortBinding;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Records as the tests of the pure middle need them. */
public final class Fixtures {
    public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private Fixtures() {}

    public static Node node(String id, Map<String, String> labels) {
        return node(id, NodeState.READY, labels, null);
    }

    public static Node node(
            String id, NodeState state, Map<String, String> labels, @org.jspecify.annotations.Nullable String meshIp) {
        return new Node(
                id,
                "identity-of-" + id,
                null,
                id,
                state,
                labels,
                new Capacity(2, 1L << 30),
                "docker 20.10.24",
                "0.1.0",
                meshIp,
                null,
                "",
                state == NodeState.READY ? "" : "no heartbeat for 12 s",
                NOW);
    }

    public static DeploymentSpecBuilder spec(String name) {
        return DeploymentSpec.builder(name, "nginx:1.27");
    }

    public static Deployment deployment(int revision, DeploymentSpec spec) {
        return new Deployment(spec.name(), revision, spec, false, NOW, NOW);
    }

    public static Instance pending(String id, String deployment, int revision, int slot) {
        return Instance.pending(id, deployment, revision, slot, 0, List.of(), NOW, "", NOW);
    }

    public static Instance on(String node, Instance instance, InstanceState state, PortBinding... ports) {
        return instance.placedOn(node, List.of(ports), NOW).in(state, "", NOW);
    }

    /** Ids that count: {@code 000001}. */
    public static IdSource ids() {
        AtomicInteger next = new AtomicInteger();
        return length -> String.format(Locale.ROOT, "%0" + length + "d", next.incrementAndGet());
    }

    public static ClusterState state(List<Node> nodes, List<Deployment> deployments, List<Instance> instances) {
        ClusterState state = ClusterState.empty("testcluster");
        for (Node node : nodes) {
            state = new Change.PutNode(node).applyTo(state);
        }
        for (Deployment deployment : deployments) {
            state = new Change.PutDeployment(deployment).applyTo(state);
            state = new Change.PutRevision(Revision.of(deployment.revision(), deployment.spec())).applyTo(state);
        }
        for (Instance instance : instances) {
            state = new Change.PutInstance(instance).applyTo(state);
        }
        return state;
    }
}
