package io.knit.core.server.plan;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
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

/** Whose turn it is to be replaced, by the deployment's rules. */
final class Turns {
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

    /** Whether the new filling of a slot is started beside the old one. */
    boolean startsFirst() {
        return switch (rules.order()) {
            case START_FIRST -> true;
            case STOP_FIRST -> false;
            case AUTO ->
                deployment.spec().published().stream().noneMatch(PortSpec::isForOne)
                        && deployment.spec().allVolumes().stream().noneMatch(this::isWrittenByOne);
        };
    }

    /** Whether that is so even where there is room for one of them only. */
    boolean alwaysStartsFirst() {
        return rules.order() == UpdateOrder.START_FIRST;
    }

    /** Whether two fillings of a slot would write where one does: a volume of the slot's own, or what is shared, of a deployment that has one writer. */
    private boolean isWrittenByOne(VolumeSpec volume) {
        DeploymentSpec spec = deployment.spec();
        boolean one = spec.mode() != Mode.REPLICATED || spec.replicas() <= 1;
        return !volume.readOnly() && (volume.isLocal() && !volume.isShared() || one);
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
}
