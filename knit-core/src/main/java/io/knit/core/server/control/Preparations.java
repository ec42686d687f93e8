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
import io.knit.api.model.SlotKey;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.plan.Turns;
import io.knit.core.server.schedule.GroupPlacement;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Group;
import io.knit.core.server.schedule.wish.Wish;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.Features;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
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
     * @param asked whether all nodes were asked for it
     */
    record Next(Instance instance, @Nullable Waiting waiting, boolean asked) {}

    /**
     * What is to become of an instance that waits to replace {@code old}.
     *
     * @param refused refusals of the last time by their wish, for which nothing can have changed since
     */
    static Next next(
            ClusterState state,
            Instance instance,
            DeploymentSpec spec,
            Instance old,
            Map<Wish, List<Waiting>> refused) {
        Deployment wished = Objects.requireNonNull(state.deployment(instance.deployment()));
        Group alone = Group.of(List.of(instance), spec, wished.spec(), state.served(), state.pins(spec))
                .get(0);
        // as it will be once the old one is gone
        Fleet then = state.fleet().without(List.of(instance, old));
        Preparation present = instance.preparation();
        if (present != null
                && isStillTo(present, state, Scheduler.ports(then, alone.wish(), instance.id(), present.node()))) {
            return new Next(instance, null, false);
        }
        String meanwhile = meanwhile(old);
        Waiting known = present == null ? known(instance, alone.wish(), meanwhile, refused) : null;
        if (known != null
                && Scheduler.ports(then, alone.wish(), instance.id(), Objects.requireNonNull(old.node())) == null) {
            return new Next(instance, new Waiting(known.wish(), known.refusal(), alone.tryAgain()), false);
        }
        GroupPlacement placement = Scheduler.place(then, alone);
        Waiting none = placement.waiting();
        if (none != null) {
            Instance waiting = present == null ? instance : instance.unprepared();
            return new Next(waiting.because(words(instance, none, meanwhile)), none, true);
        }
        Placement to = placement.placed().get(0);
        String node = Objects.requireNonNull(to.node());
        if (!prepares(state.node(node))) {
            return new Next(kept(instance, old, to, spec, true, Reasons.tried(instance)), null, true);
        }
        String tried = Reasons.tried(instance);
        String said = node + " fetches its image; " + meanwhile + " until then";
        return new Next(kept(instance, old, to, spec, false, tried.isEmpty() ? said : tried + "; " + said), null, true);
    }

    /**
     * Whether what is made ready may come beside {@code old} after all: that one works again, of which nothing was to be lost when it had to go first, and the node
     * has room for both.
     */
    static boolean mayStandBeside(ClusterState state, Instance instance, DeploymentSpec spec, Instance old) {
        Deployment wished = Objects.requireNonNull(state.deployment(instance.deployment()));
        Preparation present = instance.preparation();
        if (present == null
                || present.done()
                || wished.paused()
                || !replaces(instance, old)
                || !old.isHealthy()
                || !Turns.startsFirst(UpdateOrder.AUTO, spec)) {
            return false;
        }
        Wish wish = Group.of(List.of(instance), spec, wished.spec(), state.served(), state.pins(spec))
                .get(0)
                .wish();
        return Scheduler.ports(state.fleet().without(List.of(instance)), wish, instance.id(), present.node()) != null;
    }

    static String meanwhile(Instance old) {
        return old.id() + " of revision " + old.revision() + " runs on";
    }

    /**
     * The refusal of one that was refused for just that, null: it was not, or that may be over. Another one's with the same wish is none of it: what
     * that one replaces leaves other room. Whether there is room now beside its own old one, which no change of others' tells, is to be asked.
     */
    private static @Nullable Waiting known(
            Instance instance, Wish wish, String meanwhile, Map<Wish, List<Waiting>> refused) {
        return refused.getOrDefault(wish, List.of()).stream()
                .filter(waiting -> instance.reason().equals(words(instance, waiting, meanwhile)))
                .findFirst()
                .orElse(null);
    }

    private static String words(Instance instance, Waiting waiting, String meanwhile) {
        return Reasons.refused(instance, waiting.refusal().sentence()) + "; " + meanwhile;
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
            return instance.chosenFor(to.why())
                    .preparedBy(new Preparation(node, done, true), to.ports(), wished, reason);
        }
        List<PortBinding> more = to.ports().stream()
                .filter(port -> old.ports().stream().noneMatch(port::clashesWith))
                .toList();
        return instance.chosenFor(to.why())
                .preparedBy(new Preparation(node, done), more, wished.over(old.reserved()), reason);
    }

    /**
     * What is ready where its predecessor was gets all of its room and its ports as soon as that one leaves them: others may come before it, and would have
     * what was stopped for it.
     *
     * @param changes that led from {@code before} to {@code after}
     */
    static List<Change> inheriting(ClusterState before, ClusterState after, List<Change> changes) {
        Map<String, Set<Place>> left = new TreeMap<>();
        for (Change change : changes) {
            Instance old = left(before, after, change);
            if (old != null && old.node() != null) {
                left.computeIfAbsent(old.deployment(), name -> new HashSet<>())
                        .add(new Place(old.slotKey(), old.node()));
            }
        }
        List<Change> kept = new ArrayList<>();
        ClusterState state = after;
        for (Map.Entry<String, Set<Place>> each : left.entrySet()) {
            for (Instance next : after.waitingOf(each.getKey())) {
                Preparation by = next.preparation();
                if (by != null
                        && by.done()
                        && !by.apart()
                        && each.getValue().contains(new Place(next.slotKey(), by.node()))) {
                    Instance whole = inheriting(state, next, by.node());
                    if (whole != null) {
                        Change change = new Change.PutInstance(whole);
                        state = change.applyTo(state);
                        kept.add(change);
                    }
                }
            }
        }
        return kept;
    }

    private record Place(SlotKey slot, String node) {}

    /** The instance that holds nothing on its node since the change; null: none. */
    private static @Nullable Instance left(ClusterState before, ClusterState after, Change change) {
        if (change instanceof Change.RemoveInstance remove) {
            return before.instance(remove.id());
        }
        Instance now = change.instanceIn(after);
        Instance old = now == null || !now.isOver() ? null : before.instance(now.id());
        return old == null || old.isOver() ? null : old;
    }

    /** Null: there is no room for it any more. */
    private static @Nullable Instance inheriting(ClusterState state, Instance next, String node) {
        Revision revision = state.revision(next.deployment(), next.revision());
        Deployment wished = state.deployment(next.deployment());
        if (revision == null || wished == null) {
            return null;
        }
        DeploymentSpec spec = revision.spec();
        Wish wish = Group.of(List.of(next), spec, wished.spec(), state.served(), state.pins(spec))
                .get(0)
                .wish();
        List<PortBinding> ports = Scheduler.ports(state.fleet().without(next), wish, next.id(), node);
        return ports == null
                ? null
                : next.preparedBy(new Preparation(node, true, true), ports, wish.reserved(), next.reason());
    }

    private static boolean prepares(@Nullable Node node) {
        return node != null && node.takesWork() && node.features().contains(Features.PREPARE);
    }
}
