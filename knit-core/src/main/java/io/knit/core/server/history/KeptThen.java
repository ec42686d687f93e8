package io.knit.core.server.history;

import io.knit.api.history.PastDeployment.PastInstance;
import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.Order;
import io.knit.api.model.Rollout;
import io.knit.core.server.state.ClusterState;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the deployment of a row was once the row's commit was made.
 *
 * @param revision the one in force; 0: it was there no more
 * @param instances so many were to run
 * @param healthy so many of them did their work
 * @param placed the first of them
 */
public record KeptThen(
        int revision,
        String image,
        int replicas,
        boolean paused,
        boolean deleting,
        Rollout rollout,
        int instances,
        int healthy,
        List<Placed> placed) {
    static final int MOST_INSTANCES = 20;

    static final KeptThen GONE = new KeptThen(0, "", 0, false, false, Rollout.NONE, 0, 0, List.of());

    /** One of its instances. */
    public record Placed(
            String id, int revision, String slot, @Nullable String node, String state, boolean healthy) {
        private static Placed of(Instance instance) {
            return new Placed(
                    instance.id(),
                    instance.revision(),
                    instance.slotKey().toString(),
                    instance.node(),
                    instance.shown().wireName(),
                    instance.isHealthy());
        }

        PastInstance past() {
            return new PastInstance(id, revision, slot, node, state, healthy);
        }
    }

    static KeptThen of(ClusterState state, String name) {
        Deployment deployment = state.deployment(name);
        if (deployment == null) {
            return GONE;
        }
        List<Instance> wanted = state.instancesOf(name).stream()
                .filter(instance -> instance.order() == Order.RUN)
                .toList();
        return new KeptThen(
                deployment.revision(),
                deployment.spec().image(),
                deployment.spec().replicas(),
                deployment.paused(),
                deployment.deleting(),
                deployment.rollout(),
                wanted.size(),
                (int) wanted.stream().filter(Instance::isHealthy).count(),
                wanted.stream()
                        .sorted(Comparator.comparing(Instance::slotKey).thenComparing(Instance::id))
                        .limit(MOST_INSTANCES)
                        .map(Placed::of)
                        .toList());
    }

    public List<PastInstance> past() {
        return placed.stream().map(Placed::past).toList();
    }
}
