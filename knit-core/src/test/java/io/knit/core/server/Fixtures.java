package io.knit.core.server;

import io.knit.api.model.Capacity;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.time.Duration;
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
        return node(
                id,
                state,
                new NodeFacts(
                        id,
                        labels,
                        new Capacity(2, 1L << 30),
                        "docker 20.10.24",
                        "0.1.0",
                        meshIp,
                        null,
                        "",
                        List.of()));
    }

    /** One that says this of itself. */
    public static Node node(String id, NodeState state, NodeFacts facts) {
        String reason = state == NodeState.READY ? "" : "no heartbeat for 12 s";
        return new Node(
                id, "identity-of-" + id, null, NodeWish.NONE, facts, new NodeJudgement(state, reason, NOW, List.of()));
    }

    /** The same facts, with what its agent can do. */
    public static NodeFacts able(NodeFacts facts, List<String> features) {
        return new NodeFacts(
                facts.hostname(),
                facts.labels(),
                facts.capacity(),
                facts.engineVersion(),
                facts.agentVersion(),
                facts.meshIp(),
                facts.meshKey(),
                facts.condition(),
                features);
    }

    /** Whose slots are replaced without an overlap and without a wait, so that each step follows from the one before. */
    public static DeploymentSpecBuilder spec(String name) {
        return DeploymentSpec.builder(name, "nginx:1.27").update(STRAIGHT);
    }

    public static final Update STRAIGHT =
            Update.DEFAULT.withOrder(UpdateOrder.STOP_FIRST).withMinHealthy(Duration.ZERO);

    public static Deployment deployment(int revision, DeploymentSpec spec) {
        return new Deployment(spec.name(), revision, spec, false, NOW, NOW);
    }

    public static Instance pending(String id, String deployment, int revision, int slot) {
        return Instance.pending(id, deployment, revision, slot, 0, List.of(), NOW, "", NOW);
    }

    public static Instance on(String node, Instance instance, InstanceState state, PortBinding... ports) {
        return in(instance.placedOn(node, List.of(ports), NOW), state, "");
    }

    /** As if the one whose word it is had said so: the agent, or the server of a node that is down. */
    public static Instance in(Instance instance, InstanceState state, String reason) {
        return switch (state) {
            case PENDING -> throw new IllegalArgumentException("an instance that has a node does not wait for one");
            case COMPLETED -> in(instance, InstanceState.FAILED, reason);
            case ASSIGNED -> instance;
            case STOPPING -> instance.stopping(reason, NOW);
            case LOST -> instance.lost(reason, NOW);
            case PREPARING, STARTING, RUNNING, STOPPED, FAILED, REJECTED ->
                instance.with(new Observed(state, reason, 0, false, 0, NOW));
        };
    }

    /** Ids that count: {@code 000001}. */
    public static IdSource ids() {
        AtomicInteger next = new AtomicInteger();
        return length -> String.format(Locale.ROOT, "%0" + length + "d", next.incrementAndGet());
    }

    public static ClusterState state(List<Node> nodes, List<Deployment> deployments, List<Instance> instances) {
        ClusterState state = ClusterState.empty("testcluster").servedAt(NOW);
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
