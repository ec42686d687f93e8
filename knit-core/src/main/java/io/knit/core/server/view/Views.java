package io.knit.core.server.view;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.CronRun;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.Order;
import io.knit.api.model.Peer;
import io.knit.api.model.SlotKey;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.WaitWords;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** State as one reads it (pure). */
public final class Views {
    private Views() {}

    /** @param foreign nodes of other clusters; one whose name this cluster knows is left out */
    public static ClusterSnapshot cluster(
            ClusterState state, List<DeploymentView> deployments, List<Node> foreign, List<Peer> peers) {
        return new ClusterSnapshot(
                state.cluster(),
                state.revision(),
                state.lastEvent(),
                deployments,
                nodes(state, foreign),
                peers,
                List.copyOf(state.volumes().values()));
    }

    private static List<Node> nodes(ClusterState state, List<Node> foreign) {
        return Stream.concat(
                        state.nodes().values().stream(), foreign.stream().filter(node -> state.node(node.id()) == null))
                .toList();
    }

    /** One of the state's deployments. */
    public static DeploymentView deployment(ClusterState state, Deployment deployment) {
        List<Waiting> waits = state.waitsOf(deployment.name());
        DeploymentView view = deployment(
                deployment,
                state.instancesOf(deployment.name()).stream()
                        .map(instance -> WaitWords.whole(instance, waits))
                        .toList());
        String problem = state.quarantined().get(deployment.name());
        return problem == null ? view : view.troubledBy(problem);
    }

    public static DeploymentView deployment(Deployment deployment, List<Instance> instances) {
        List<Instance> sorted = instances.stream()
                .sorted(Comparator.comparing(Instance::slotKey)
                        .thenComparing(Instance::revision, Comparator.reverseOrder())
                        .thenComparing(Instance::createdAt, Comparator.reverseOrder())
                        .thenComparing(Instance::id))
                .toList();
        return new DeploymentView(deployment, status(deployment, sorted), sorted);
    }

    private static DeploymentStatus status(Deployment deployment, List<Instance> instances) {
        if (deployment.deleting()) {
            return DeploymentStatus.DELETING;
        }
        List<Instance> live = instances.stream().filter(Instance::isLive).toList();
        JobRun run = deployment.run();
        if (run != null && !run.isUnderWay() && run.revision() == deployment.revision()) {
            return run.phase() == JobRun.Phase.COMPLETED ? DeploymentStatus.COMPLETED : DeploymentStatus.FAILED;
        }
        if (live.stream()
                .anyMatch(i -> i.state() == InstanceState.PENDING
                        && i.preparation() == null
                        && (deployment.spec().mode() == Mode.CRON || i.revision() == deployment.revision()))) {
            return DeploymentStatus.PENDING;
        }
        if (deployment.spec().mode() == Mode.JOB) {
            return DeploymentStatus.RUNNING;
        }
        if (deployment.spec().mode() == Mode.CRON) {
            CronRun last = deployment.cron() == null ? null : deployment.cron().lastOver();
            return last != null && last.run().phase() == JobRun.Phase.FAILED
                    ? DeploymentStatus.DEGRADED
                    : DeploymentStatus.RUNNING;
        }
        List<Instance> over = instances.stream()
                .filter(i -> i.order() == Order.RUN
                        && i.state() == InstanceState.FAILED
                        && i.revision() == deployment.revision())
                .toList();
        if (live.stream().anyMatch(Instance::failing) || over.stream().anyMatch(Instance::failing)) {
            return DeploymentStatus.DEGRADED;
        }
        Set<SlotKey> served = slots(live.stream()
                .filter(i -> i.isHealthy() && i.revision() == deployment.revision())
                .toList());
        served.addAll(slots(over));
        if (deployment.spec().mode() != Mode.GLOBAL) {
            return served.size() >= deployment.spec().replicas()
                    ? DeploymentStatus.RUNNING
                    : DeploymentStatus.DEPLOYING;
        }
        if (!deployment.rollout().isUnderWay()) {
            served.addAll(kept(deployment, live));
        }
        // of what is on each node there are as many slots as there are instances
        Set<SlotKey> wanted = slots(live);
        wanted.addAll(slots(over));
        return served.containsAll(wanted) ? DeploymentStatus.RUNNING : DeploymentStatus.DEPLOYING;
    }

    /** Where an older revision does its work and nothing follows it: a node that is paused, or drained and still needed, keeps what it has. */
    private static Set<SlotKey> kept(Deployment deployment, List<Instance> live) {
        Set<SlotKey> kept = slots(live.stream().filter(Instance::isHealthy).toList());
        kept.removeAll(slots(
                live.stream().filter(i -> i.revision() == deployment.revision()).toList()));
        return kept;
    }

    private static Set<SlotKey> slots(List<Instance> instances) {
        return instances.stream().map(Instance::slotKey).collect(Collectors.toCollection(HashSet::new));
    }
}
