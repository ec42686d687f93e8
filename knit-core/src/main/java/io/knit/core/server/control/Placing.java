package io.knit.core.server.control;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Order;
import io.knit.api.model.Preparation;
import io.knit.api.model.SlotKey;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.UpdateOrder;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.depend.Dependencies;
import io.knit.core.server.plan.Turns;
import io.knit.core.server.schedule.GroupPlacement;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.schedule.wish.Group;
import io.knit.core.server.schedule.wish.Wish;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.server.state.WaitWords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds nodes for the instances of one deployment that wait for one: those that wish the same together. For one decision. */
final class Placing {
    /** So many nodes are asked in about the time in which one instance is placed. */
    private static final int ASKED_AS_ONE_PLACED = 50;

    private final String deployment;
    private final Instant now;
    private final boolean woken;
    private final Set<String> surplus;
    private final Map<SlotKey, List<String>> bySlot = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<Waiting> waits = new ArrayList<>();
    /** What all of them wait for but a node. */
    private final Optional<String> missing;
    /** And what those wait for that follow what the server stopped. */
    private final Optional<String> unset;

    private ClusterState state;
    private final Set<String> pushedOut = new TreeSet<>();
    private boolean madeReady;
    private boolean cutShort;
    private int work;
    /** Whether nodes were looked for for a group: what is held up is no reason to place none. */
    private boolean begun;
    /** Refusals of the last time by their wish, for which nothing can have changed since. */
    private final Map<Wish, List<Waiting>> refused = new HashMap<>();

    /**
     * @param woken whether a node may fit now that did not when it was last asked
     * @param surplus the ids of those that are to go, for which there was no time yet
     */
    Placing(ClusterState state, String deployment, Instant now, boolean woken, Set<String> surplus) {
        this.state = state;
        this.deployment = deployment;
        this.now = now;
        this.woken = woken;
        this.surplus = surplus;
        for (Waiting waiting : woken ? List.<Waiting>of() : state.waitsOf(deployment)) {
            if (waiting.clears().isEmpty() && !waiting.wakes(state.served())) {
                refused.computeIfAbsent(waiting.wish(), wish -> new ArrayList<>())
                        .add(waiting);
            }
        }
        Optional<Deployment> wish = Optional.ofNullable(state.deployment(deployment));
        this.missing = wish.flatMap(it -> Dependencies.missing(state, it));
        this.unset = wish.flatMap(it -> Dependencies.unset(state, it));
        state.instancesOf(deployment)
                .forEach(i -> bySlot.computeIfAbsent(i.slotKey(), slot -> new ArrayList<>())
                        .add(i.id()));
    }

    /** @param most how much work it may be, in about the work of placing one; at least one is placed */
    void place(int most) {
        SortedMap<Integer, List<Instance>> free = new TreeMap<>();
        for (Instance instance : pending()) {
            if (!isHeldUp(instance)) {
                free.computeIfAbsent(instance.revision(), r -> new ArrayList<>())
                        .add(instance);
            }
        }
        free.forEach((revision, instances) -> place(revision, instances, most));
        if (!waits.equals(state.waitsOf(deployment)) || !cutShort && !state.knowsWaitsOf(deployment)) {
            // before the instances: what is told of them says it
            changes.add(0, new Change.PutWaits(deployment, waits));
        }
    }

    List<Change> changes() {
        return changes;
    }

    /** When to try again though nothing changed. */
    Optional<Instant> alarm() {
        return waits.stream()
                .map(Waiting::tryAgain)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .min(Comparator.naturalOrder());
    }

    /** Whether one is ready to take the place of another. */
    boolean madeReady() {
        return madeReady;
    }

    /** Whether some were not tried. */
    boolean isCutShort() {
        return cutShort;
    }

    /** Deployments of which instances have to go for these. */
    Set<String> pushedOut() {
        return pushedOut;
    }

    /** How much work it was. */
    int work() {
        return work;
    }

    private List<Instance> pending() {
        return state.waitingOf(deployment).stream()
                .filter(i -> i.state() == InstanceState.PENDING && !surplus.contains(i.id()))
                .sorted(Comparator.comparing(Instance::slotKey))
                .toList();
    }

    /** Whether it is not a node that it waits for. */
    private boolean isHeldUp(Instance waiting) {
        List<Instance> siblings = siblings(waiting).toList();
        Instance instance = waiting;
        if (siblings.stream().anyMatch(Placing::isMovedAway)) {
            instance = waiting.following();
            put(waiting, instance);
        }
        Revision revision = state.revision(deployment, instance.revision());
        SlotMove own = revision == null ? null : state.move(deployment, slotOf(instance, revision));
        SlotMove move = revision == null || own != null ? own : state.sharedMove(revision.spec());
        if (move != null) {
            put(instance, instance.because(move.words()));
            return true;
        }
        Optional<Instance> predecessor = siblings.stream()
                .filter(i -> isStillThere(i) && !waiting.id().equals(i.until()))
                .findFirst();
        if (predecessor.isPresent()) {
            Instance before = predecessor.get();
            if (revision != null
                    && isAuto(revision, instance, before)
                    && Preparations.mayStandBeside(state, instance, revision.spec(), before)) {
                put(before, before.staying(instance.id()));
                put(instance, instance.unprepared());
                // it is placed at the next look
                cutShort = true;
                return true;
            }
            if (missing.isPresent() && Preparations.replaces(instance, before) && !Preparations.isReady(instance)) {
                // made ready it would have the other one stopped, and start no sooner
                putWaiting(instance, missing.get() + "; " + before.id() + " runs on");
            } else {
                afterStopping(instance, revision, before);
            }
            return true;
        }
        Optional<Instance> returned = siblings.stream().filter(this::isBack).findFirst();
        if (returned.isPresent()) {
            put(
                    instance,
                    instance.because("waits to hear whether " + returned.get().id() + " still runs: its node "
                            + returned.get().node() + " is back"));
            return true;
        }
        if (revision == null) {
            put(instance, instance.because("its revision " + instance.revision() + " is unknown"));
            return true;
        }
        Optional<String> lacks = instance.follows() ? unset : missing;
        if (lacks.isEmpty() || Preparations.isReady(instance)) {
            return false;
        }
        putWaiting(instance, lacks.get());
        return true;
    }

    /** Whether it did its work, and the server stops it for another place. */
    private static boolean isMovedAway(Instance instance) {
        return instance.state() == InstanceState.STOPPING
                && instance.follows()
                && instance.observed().isHealthy();
    }

    /** Whether a container of it may run. */
    private boolean isStillThere(Instance instance) {
        Node node = instance.isBeingEnded() && instance.node() != null ? state.node(instance.node()) : null;
        return !instance.state().isEnd() || node != null && node.state() != NodeState.DOWN;
    }

    private void putWaiting(Instance instance, String until) {
        put(instance, instance.because("waits until " + until));
    }

    private static String slotOf(Instance instance, Revision revision) {
        return SlotVolume.slotOf(instance, revision.spec().mode());
    }

    private void afterStopping(Instance instance, @Nullable Revision revision, Instance before) {
        if (revision != null && Preparations.replaces(instance, before)) {
            Preparations.Next next = Preparations.next(state, instance, revision.spec(), before, refused);
            int nodes = state.fleet().size() / ASKED_AS_ONE_PLACED;
            work += !next.asked() ? 0 : 1 + (next.waiting() == null ? nodes : 2 * nodes);
            if (next.waiting() != null) {
                waits.add(next.waiting());
            }
            put(instance, next.instance());
        } else {
            put(
                    instance,
                    instance.because("waits until " + before.id() + " of revision " + before.revision()
                            + " has stopped on " + before.node()));
        }
    }

    private void place(int number, List<Instance> instances, int most) {
        Revision revision = Objects.requireNonNull(state.revision(deployment, number));
        DeploymentSpec present =
                Objects.requireNonNull(state.deployment(deployment)).spec();
        DeploymentSpec spec = revision.spec();
        // where the first goes a shared volume is from then on, and all others go there
        for (int i = 0; instances.size() > 1 && !state.areSharedPlaced(spec); i++) {
            if (i == instances.size()) {
                return;
            }
            place(number, instances.subList(i, i + 1), most);
            if (state.areSharedPlaced(spec)) {
                place(number, instances.subList(i + 1, instances.size()), most);
                return;
            }
        }
        List<Instance> alone = oneOfEachSlot(instances, revision);
        if (alone.size() < instances.size()) {
            place(number, alone, most);
            Set<Instance> first = new HashSet<>(alone);
            place(number, instances.stream().filter(it -> !first.contains(it)).toList(), most);
            return;
        }
        for (Group group : Group.of(instances, spec, present, state.served(), state.pins(spec))) {
            List<Waiting> same = refused.get(group.wish());
            if (same != null) {
                Waiting known = same.get(0);
                Waiting again = new Waiting(known.wish(), known.refusal(), group.tryAgain());
                refuse(again, group.instances(), false);
            } else if (begun && work >= most) {
                cutShort = true;
            } else {
                begun = true;
                place(group, most);
            }
        }
    }

    /** Where the first of a slot goes its volumes are from then on, and the others of it (runs of a cron at the same time) have to go there, too. */
    private List<Instance> oneOfEachSlot(List<Instance> instances, Revision revision) {
        DeploymentSpec spec = revision.spec();
        if (spec.mode() == Mode.GLOBAL || spec.allVolumes().stream().noneMatch(VolumeSpec::pins)) {
            return instances;
        }
        Set<String> slots = new HashSet<>();
        return instances.stream().filter(it -> slots.add(slotOf(it, revision))).toList();
    }

    private void place(Group group, int most) {
        List<Instance> all = group.instances();
        int room = Math.max(1, most - work);
        Group part = all.size() <= room ? group : group.of(all.subList(0, room));
        GroupPlacement placement = Scheduler.place(state.fleet().without(part.instances()), part);
        List<Placement> placed = placement.placed();
        work += 1 + placed.size() + placement.nodesAsked() / ASKED_AS_ONE_PLACED;
        for (int i = 0; i < placed.size(); i++) {
            Instance instance = all.get(i);
            Placement to = placed.get(i);
            put(
                    instance,
                    instance.placedOn(
                                    Objects.requireNonNull(to.node()),
                                    to.ports(),
                                    group.wish().reserved(),
                                    now,
                                    state.served())
                            .because(Reasons.tried(instance))
                            .chosenFor(why(instance, to)));
            keepVolumes(instance, group.spec(), Objects.requireNonNull(to.node()));
        }
        List<Instance> rest = all.subList(placed.size(), all.size());
        if (placement.waiting() != null) {
            // why not is asked of every node
            work += state.fleet().size() / ASKED_AS_ONE_PLACED;
            refuse(placement.waiting(), rest, true);
        } else {
            cutShort |= !rest.isEmpty();
        }
    }

    /** Where it was made ready it stays, for which there were reasons then. */
    private static String why(Instance instance, Placement to) {
        Preparation by = instance.preparation();
        String chosen = instance.chosen();
        return by != null && chosen != null && by.node().equals(to.node()) ? chosen : to.why();
    }

    /** From now on it is known where what is in the slot's volumes is. */
    private void keepVolumes(Instance instance, DeploymentSpec spec, String node) {
        String own = SlotVolume.slotOf(instance, spec.mode());
        for (VolumeSpec volume : spec.allVolumes()) {
            if (!volume.isBound()) {
                SlotVolume there = volume.isShared()
                        ? new SlotVolume(volume.of(), SlotVolume.FIRST, volume.name(), node, now, null)
                        : new SlotVolume(deployment, own, volume.name(), node, now, null);
                SlotVolume known = state.volumes().get(there.key());
                if (known == null || !known.isInForce()) {
                    Change change = new Change.PutVolume(known == null ? there : known.staying());
                    changes.add(change);
                    state = change.applyTo(state);
                }
            }
        }
    }

    private void refuse(Waiting waiting, List<Instance> instances, boolean isNews) {
        List<Instance> rest = new ArrayList<>();
        for (Instance instance : instances) {
            Optional<Instance> old = beside(instance);
            Revision revision = state.revision(deployment, instance.revision());
            if (old.isPresent()
                    && revision != null
                    && (old.get().failing()
                            || isAuto(revision, instance, old.get())
                                    && hasRoomAfter(old.get(), instance, waiting.wish()))) {
                // there is room for one of them only: the old one goes first; one that does not stay up does whatever
                // the order, as nothing is lost with it
                Instance alone = old.get().staying(null);
                put(old.get(), alone);
                afterStopping(instance, revision, alone);
            } else {
                rest.add(instance);
            }
        }
        if (!rest.isEmpty()) {
            Waiting cleared = isNews && waiting.wish().preempts() ? clear(waiting, rest) : waiting;
            waits.add(cleared);
            // where one was made ready there is no room for it now: others may have what was kept
            rest.forEach(instance -> put(instance, refused(instance.keepingNothing(), cleared)));
        }
    }

    /** Who looks at an update that no node takes is told what runs meanwhile. */
    private Instance refused(Instance instance, Waiting waiting) {
        return beside(instance)
                .map(old -> instance.because(
                        Reasons.refused(instance, waiting.refusal().sentence()) + "; " + Preparations.meanwhile(old)))
                .orElseGet(() -> WaitWords.refused(instance));
    }

    /** Whether it is the older filling that it has no room beside; where that does not help, as all nodes are silent, what works is not to stop for it. */
    private boolean hasRoomAfter(Instance old, Instance instance, Wish wish) {
        String node = old.node();
        return node != null
                && Scheduler.ports(state.fleet().without(List.of(old, instance)), wish, instance.id(), node) != null;
    }

    private boolean isAuto(Revision revision, Instance next, Instance old) {
        boolean moves = old.node() != null && old.revision() == next.revision();
        UpdateOrder order = moves
                ? Turns.order(revision.spec(), state.node(Objects.requireNonNull(old.node())))
                : revision.spec().update().order();
        return order == UpdateOrder.AUTO;
    }

    /** Has others go for those that have no older filling in their slot; takes those out of the list for which room is made. */
    private Waiting clear(Waiting waiting, List<Instance> rest) {
        List<Instance> alone = rest.stream().filter(it -> beside(it).isEmpty()).toList();
        if (alone.isEmpty()) {
            return waiting;
        }
        DeploymentSpec spec = Objects.requireNonNull(
                        state.revision(deployment, waiting.wish().revision()))
                .spec();
        RoomMaking making = RoomMaking.of(state, new Group(waiting.wish(), alone, waiting.tryAgain(), spec), now);
        work += 1 + making.victims().size() + making.seen() / ASKED_AS_ONE_PLACED;
        for (Instance victim : making.victims()) {
            put(Objects.requireNonNull(state.instance(victim.id())), victim);
            pushedOut.add(victim.deployment());
        }
        making.waiting().forEach((instance, why) -> put(instance, instance.because(Reasons.refused(instance, why))));
        rest.removeAll(making.waiting().keySet());
        cutShort |= making.isCutShort();
        return new Waiting(waiting.wish(), waiting.refusal(), making.nodes(), waiting.tryAgain());
    }

    /** The one that runs until this one is healthy. */
    private Optional<Instance> beside(Instance instance) {
        return siblings(instance)
                .filter(it -> instance.id().equals(it.until()) && it.isLive())
                .findFirst();
    }

    private Stream<Instance> siblings(Instance instance) {
        return bySlot.getOrDefault(instance.slotKey(), List.of()).stream()
                .filter(id -> !id.equals(instance.id()))
                .map(id -> Objects.requireNonNull(state.instance(id)));
    }

    private void put(Instance before, Instance next) {
        if (!next.equals(before)) {
            madeReady |= next.node() == null && Preparations.isReady(next);
            Change change = new Change.PutInstance(next);
            changes.add(change);
            state = change.applyTo(state);
        }
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
