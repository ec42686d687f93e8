package io.knit.core.server.control;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.Order;
import io.knit.api.model.Preparation;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.Features;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Has a node make an instance ready while the one that it replaces still runs: a revision that can't be had anywhere changes
 * nothing. Where the node's agent can't do that, the instance counts as ready.
 */
final class Preparations {
    private Preparations() {}

    /** Whether {@code old} runs on until {@code next} is ready. */
    static boolean replaces(Instance next, Instance old) {
        return old.order() == Order.RUN && old.state() == InstanceState.RUNNING && old.revision() != next.revision();
    }

    static boolean isReady(Instance instance) {
        Preparation preparation = instance.preparation();
        return preparation != null && preparation.done();
    }

    /** What is to become of an instance that waits to replace {@code old}. */
    static Instance next(ClusterState state, Instance instance, DeploymentSpec spec, Instance old, Instant now) {
        Preparation present = instance.preparation();
        if (present != null && (present.done() || prepares(state.node(present.node())))) {
            return instance;
        }
        // as it will be once the old one is gone
        ClusterState without = new Change.RemoveInstance(old.id()).applyTo(state);
        Placement placement = new Scheduler(without).place(instance, spec, now);
        String meanwhile = old.id() + " of revision " + old.revision() + " runs on";
        if (placement.node() == null) {
            Instance waiting = present == null ? instance : instance.unprepared();
            return waiting.because(Reasons.refused(instance, placement.refusal()) + "; " + meanwhile);
        }
        if (!prepares(state.node(placement.node()))) {
            return instance.preparedBy(new Preparation(placement.node(), true), Reasons.tried(instance));
        }
        String tried = Reasons.tried(instance);
        String said = placement.node() + " fetches its image; " + meanwhile + " until then";
        return instance.preparedBy(
                new Preparation(placement.node(), false), tried.isEmpty() ? said : tried + "; " + said);
    }

    private static boolean prepares(@Nullable Node node) {
        return node != null && node.takesWork() && node.features().contains(Features.PREPARE);
    }
}
