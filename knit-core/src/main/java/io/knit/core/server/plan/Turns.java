package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish;
import io.knit.api.model.OnFailure;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Rollout;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.api.model.VolumeSpec;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whose turn it is to be replaced, by the deployment's rules. */
public final class Turns {
    /** What is begun already; then what does not work, for nothing is lost with it; then the lowest. Before all comes what had it before. */
    private static final Comparator<Slot> FIRST = Comparator.comparing((Slot slot) -> slot.waiting() == null)
            .thenComparing(slot -> slot.working() != null)
            .thenComparing(Slot::key);

    private final Deployment deployment;
    private final Update rules;

    Turns(Deployment deployment) {
        this.deployment = deployment;
        this.rules = deployment.spec().update();
    }

    /**
     * Of the slots that run something else than they shall, those to be replaced now.
     *
     * @param busy how many slots are on their way already
     * @param tried what was given it as canaries before comes first
     */
    Set<Slot> next(Collection<Slot> updatable, int busy, Progress progress, TriedNodes tried) {
        Rollout rollout = progress.rollout();
        return updatable.stream()
                .filter(slot -> !isHeld(rollout) || slot.isMoving())
                .sorted(Comparator.comparing((Slot slot) -> !tried.has(slot)).thenComparing(FIRST))
                .limit(room(rollout, busy, progress.tried()))
                .collect(Collectors.toSet());
    }

    /** Whether no slot is replaced by a newer revision until somebody says so, or all are at once. */
    boolean areOver(Progress progress) {
        Rollout rollout = progress.rollout();
        // what no canary was healthy with yet is given to no new node either
        boolean awaits = rollout.awaits(rules.canary()) && !deployment.paused();
        return isHeld(rollout) && !awaits || rollout.phase() == Phase.ROLLING_BACK;
    }

    /** Whether the others' turn comes though these do not do their work. */
    boolean isPassed(List<Instance> onTheirWay) {
        return rules.onFailure() == OnFailure.CONTINUE
                && onTheirWay.stream()
                        .anyMatch(next -> next.failing() && next.state().compareTo(InstanceState.RUNNING) >= 0);
    }

    private boolean isHeld(Rollout rollout) {
        boolean back = rollout.phase() == Phase.ROLLING_BACK;
        return deployment.paused() && !back || rollout.phase() == Phase.PAUSED || rollout.phase() == Phase.CANARY;
    }

    /** @param begun how many canaries are neither on their way nor still to come */
    private int room(Rollout rollout, int busy, int begun) {
        if (rollout.phase() == Phase.ROLLING_BACK) {
            return Integer.MAX_VALUE;
        }
        int room = rules.maxParallel() - busy;
        boolean tried = TriedNodes.areTried(deployment, rollout) && rollout.phase() == Phase.MOVING;
        return Math.max(0, tried ? Math.min(room, rules.canary() - begun - busy) : room);
    }

    /**
     * Which of two fillings comes first of what only has to leave a node: as the deployment says, or who drains it.
     *
     * @param leaves the node; null: it is not known
     */
    public static UpdateOrder order(DeploymentSpec spec, @Nullable Node leaves) {
        UpdateOrder own = spec.update().order();
        Boolean first = asked(leaves);
        if (first == null) {
            return own;
        } else if (!first) {
            return UpdateOrder.STOP_FIRST;
        }
        return mayBeTwo(spec) ? UpdateOrder.START_FIRST : own;
    }

    private static @Nullable Boolean asked(@Nullable Node leaves) {
        NodeWish wish = leaves == null ? NodeWish.NONE : leaves.wish();
        return wish.availability() == NodeWish.Availability.DRAINED ? wish.startFirst() : null;
    }

    /** Whether who drains the node wants what can't be: that its successor starts first. */
    public static boolean isAgainst(DeploymentSpec spec, Node leaves) {
        return Boolean.TRUE.equals(asked(leaves)) && !startsFirst(order(spec, leaves), spec);
    }

    /** Whether the new filling of a slot is started beside the old one. */
    public static boolean startsFirst(UpdateOrder order, DeploymentSpec spec) {
        return switch (order) {
            case START_FIRST -> true;
            case STOP_FIRST -> false;
            case AUTO -> mayBeTwo(spec);
        };
    }

    /** Whether nothing is against two fillings of a slot at once: no fixed port, and nothing that both would write. */
    private static boolean mayBeTwo(DeploymentSpec spec) {
        return spec.published().stream().noneMatch(PortSpec::isForOne)
                && spec.allVolumes().stream().noneMatch(volume -> isWrittenByOne(spec, volume));
    }

    /** Whether two fillings of a slot would write where one does: a volume of the slot's own, or what is shared, of a deployment that has one writer. */
    private static boolean isWrittenByOne(DeploymentSpec spec, VolumeSpec volume) {
        boolean one = spec.mode() != Mode.REPLICATED || spec.replicas() <= 1;
        return !volume.readOnly() && (volume.isLocal() && !volume.isShared() || one);
    }
}
