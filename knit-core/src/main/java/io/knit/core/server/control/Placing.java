package io.knit.core.server.control;

import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Order;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds nodes for the instances of one deployment that wait for one. For one decision. */
final class Placing {
    private final String deployment;
    private final Instant now;
    private final List<Change> changes = new ArrayList<>();
    private final Map<Integer, List<String>> bySlot = new HashMap<>();
    private ClusterState state;
    private @Nullable Instant alarm;
    private boolean madeReady;
    private boolean cutShort;
    private int tried;

    Placing(ClusterState state, String deployment, Instant now) {
        this.state = state;
        this.deployment = deployment;
        this.now = now;
        state.instancesOf(deployment)
                .forEach(i -> bySlot.computeIfAbsent(i.slot(), slot -> new ArrayList<>())
                        .add(i.id()));
    }

    /** @param most so many instances at most */
    void place(int most) {
        for (Instance instance : pending()) {
            if (tried >= most) {
                cutShort = true;
                return;
            }
            tried++;
            Instance next = placed(instance);
            if (next.node() == null && Scheduler.waits(instance, now)) {
                alarm = alarm == null || instance.notBefore().isBefore(alarm) ? instance.notBefore() : alarm;
            }
            if (!next.equals(instance)) {
                Change change = new Change.PutInstance(next);
                madeReady |= next.node() == null && Preparations.isReady(next);
                changes.add(change);
                state = change.applyTo(state);
            }
        }
    }

    List<Change> changes() {
        return changes;
    }

    /** When to try again though nothing changed. */
    Optional<Instant> alarm() {
        return Optional.ofNullable(alarm);
    }

    /** Whether one is ready to take the place of another. */
    boolean madeReady() {
        return madeReady;
    }

    /** Whether some were not tried. */
    boolean isCutShort() {
        return cutShort;
    }

    int tried() {
        return tried;
    }

    private List<Instance> pending() {
        return state.waitingOf(deployment).stream()
                .filter(i -> i.state() == InstanceState.PENDING)
                .sorted(Comparator.comparingInt(Instance::slot))
                .toList();
    }

    private Instance placed(Instance instance) {
        List<Instance> siblings = bySlot.getOrDefault(instance.slot(), List.of()).stream()
                .filter(id -> !id.equals(instance.id()))
                .map(id -> Objects.requireNonNull(state.instance(id)))
                .toList();
        Optional<Instance> predecessor =
                siblings.stream().filter(i -> !i.state().isEnd()).findFirst();
        Revision revision = state.revision(deployment, instance.revision());
        if (predecessor.isPresent()) {
            Instance before = predecessor.get();
            return revision != null && Preparations.replaces(instance, before)
                    ? Preparations.next(state, instance, revision.spec(), before, now)
                    : instance.because("waits until " + before.id() + " of revision " + before.revision()
                            + " has stopped on " + before.node());
        }
        Optional<Instance> returned = siblings.stream().filter(this::isBack).findFirst();
        if (returned.isPresent()) {
            return instance.because("waits to hear whether " + returned.get().id() + " still runs: its node "
                    + returned.get().node() + " is back");
        }
        if (revision == null) {
            return instance.because("its revision " + instance.revision() + " is unknown");
        }
        Placement placement = new Scheduler(state).place(instance, revision.spec(), now);
        return placement.node() == null
                ? instance.because(Reasons.refused(instance, placement.refusal()))
                : instance.placedOn(placement.node(), placement.ports(), now).because(Reasons.tried(instance));
    }

    /** Whether it was lost and may be taken back: its node is there again, and has not said anything of it yet. */
    private boolean isBack(Instance instance) {
        Node node = instance.node() == null ? null : state.node(instance.node());
        return instance.order() == Order.RUN
                && instance.state() == InstanceState.LOST
                && node != null
                && node.state() != NodeState.DOWN;
    }
}
