package io.knit.core.server.control;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.Order;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Preparation;
import io.knit.api.model.Reservation;
import io.knit.core.server.schedule.GroupPlacement;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Group;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.Features;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Has a node make an instance ready while the one that it replaces still runs: a revision that can't be had anywhere changes
 * nothing. Where the node's agent can't do that, the instance counts as ready.
 */
final class Preparations {
    private Preparations() {}

    /** Whether {@code old} runs on until {@code next} is ready. */
    static boolean replaces(Instance next, Instance old) {
        return old.order() == Order.RUN && old.state() == InstanceState.RUNNING && next.node() == null;
    }

    static boolean isReady(Instance instance) {
        Preparation preparation = instance.preparation();
        return preparation != null && preparation.done();
    }

    /**
     * What is to become of an instance.
     *
     * @param waiting why no node fits it, or null: one does
     */
    record Next(Instance instance, @Nullable Waiting waiting) {}

    /** What is to become of an instance that waits to replace {@code old}. */
    static Next next(ClusterState state, Instance instance, DeploymentSpec spec, Instance old) {
        Deployment wished = Objects.requireNonNull(state.deployment(instance.deployment()));
        Group alone = Group.of(List.of(instance), spec, wished.spec(), state.served(), state.pins(spec))
                .get(0);
        // as it will be once the old one is gone
        Fleet then = state.fleet().without(List.of(instance, old));
        Preparation present = instance.preparation();
        if (present != null
                && isStillTo(present, state, Scheduler.ports(then, alone.wish(), instance.id(), present.node()))) {
            return new Next(instance, null);
        }
        GroupPlacement placement = Scheduler.place(then, alone);
        Waiting refused = placement.waiting();
        String meanwhile = old.id() + " of revision " + old.revision() + " runs on";
        if (refused != null) {
            Instance waiting = present == null ? instance : instance.unprepared();
            String why = Reasons.refused(instance, refused.refusal().sentence()) + "; " + meanwhile;
            return new Next(waiting.because(why), refused);
        }
        Placement to = placement.placed().get(0);
        String node = Objects.requireNonNull(to.node());
        if (!prepares(state.node(node))) {
            return new Next(kept(instance, old, to, spec, true, Reasons.tried(instance)), null);
        }
        String tried = Reasons.tried(instance);
        String said = node + " fetches its image; " + meanwhile + " until then";
        return new Next(kept(instance, old, to, spec, false, tried.isEmpty() ? said : tried + "; " + said), null);
    }

    /** Whether what was chosen still is: the node takes it, and can make it ready where it has not. */
    private static boolean isStillTo(Preparation present, ClusterState state, @Nullable List<PortBinding> ports) {
        return ports != null && (present.done() || prepares(state.node(present.node())));
    }

    /**
     * From now on nobody else may have there what the old one will not leave: what is made ready is to have its place when the old one is
     * stopped for it.
     */
    private static Instance kept(
            Instance instance, Instance old, Placement to, DeploymentSpec spec, boolean done, String reason) {
        String node = Objects.requireNonNull(to.node());
        Reservation wished = spec.resources().reserved();
        if (!node.equals(old.node())) {
            return instance.preparedBy(new Preparation(node, done, true), to.ports(), wished, reason);
        }
        List<PortBinding> more = to.ports().stream()
                .filter(port -> old.ports().stream().noneMatch(port::clashesWith))
                .toList();
        return instance.preparedBy(new Preparation(node, done), more, wished.over(old.reserved()), reason);
    }

    private static boolean prepares(@Nullable Node node) {
        return node != null && node.takesWork() && node.features().contains(Features.PREPARE);
    }
}
