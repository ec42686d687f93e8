package io.knit.testkit.sim.check;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.NodeState;
import io.knit.api.model.OnFailure;
import io.knit.api.model.Order;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotKey;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.sim.host.Homes;
import io.knit.testkit.sim.host.InvariantViolation;
import io.knit.testkit.sim.host.SimulatedHost;
import io.knit.testkit.sim.host.SimulatedNetwork;
import io.knit.testkit.sim.host.SimulatedServer;
import io.knit.testkit.sim.host.Trace;
import io.knit.testkit.sim.host.Volumes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What must hold after every event, faults or not. */
public final class Safety {
    /** How a container ends that an agent stopped. */
    public static final String STOPPED = "exit code 143";

    /** An agent counts from the sending of what was answered. */
    private static final Duration TO_BE_ANSWERED = Duration.ofSeconds(3);

    private final List<SimulatedHost> hosts;
    private final SimulatedServer server;
    private final SimulatedNetwork network;
    private final Wishes wishes;
    private final Trace trace;
    /** By the host's place among the hosts, for it is asked for after every event. */
    private final int[] seen;

    private final Map<String, Set<String>> running = new HashMap<>();
    private final Map<String, Integer> mayStart = new HashMap<>();
    private final Set<String> unanswered = new HashSet<>();
    private final Set<String> instances = new HashSet<>();
    /** Two instances of a slot of which one said that it runs beside the other. */
    private final Set<String> pairs = new HashSet<>();

    /** By deployment; the most slots that could ever be replaced at once. */
    private final Map<String, Integer> widest = new HashMap<>();

    private final Jobs jobs = new Jobs();
    private final Besides besides = new Besides();
    private final Homes homes = new Homes();
    private final Volumes volumes = new Volumes(homes);
    private final Preemptions preemptions = new Preemptions();
    private Outages outages = new Outages();
    private Canaries canaries = new Canaries();
    private Courses courses = new Courses();
    private final Set<String> everLost = new HashSet<>();
    /** Failed while the others' turn was to come all the same: what each replaces stays beside it, and does not count as one of those replaced at once. */
    private final Set<String> passed = new HashSet<>();
    /** By deployment that is stopped by agents that hear no server; the shortest time that it ever had for that. */
    private final Map<String, Duration> stopAfter = new HashMap<>();
    /** Deployments that were ever checked by a command, which an engine may fail or not answer. */
    private final Set<String> checked = new HashSet<>();
    /** Ids of those that had a node. */
    private final Set<String> placed = new HashSet<>();

    private long comparedCommits = -1;
    private long comparedRevision = -1;
    private Optional<ClusterSnapshot> last = Optional.empty();
    /** An instance by its id, as the server last had it; one object, for each host is looked at after every event. */
    private final Function<String, Optional<Instance>> newest = id -> last.flatMap(snapshot -> find(snapshot, id));

    public Safety(
            List<SimulatedHost> hosts, SimulatedServer server, SimulatedNetwork network, Wishes wishes, Trace trace) {
        this.hosts = hosts;
        this.network = network;
        this.server = server;
        this.wishes = wishes;
        this.trace = trace;
        seen = hosts.stream().mapToInt(host -> host.engine().changes()).toArray();
    }

    /** Ids of all instances that there ever were. */
    Set<String> instances() {
        return instances;
    }

    public void serverDied() {
        comparedRevision = -1;
    }

    public void check() {
        for (int i = 0; i < seen.length; i++) {
            SimulatedHost host = hosts.get(i);
            host.requireNotRefused();
            volumes.check(host, newest);
            if (host.engine().changes() > seen[i]) {
                List<EngineEvent> events = host.engine().eventsAfter(seen[i]);
                seen[i] += events.size();
                events.forEach(event -> check(host, event));
            }
        }
        long commits = server.storage().commits();
        if (commits != comparedCommits || comparedRevision < 0) {
            server.snapshot().ifPresent(snapshot -> compare(snapshot, commits));
        }
    }

    private void check(SimulatedHost host, EngineEvent event) {
        trace.add(host.name(), event.kind() + " " + event.name() + " " + event.container() + " " + event.detail());
        String instance = event.labels().get(KnitLabels.INSTANCE);
        boolean reaches = event.labels().containsKey(KnitLabels.WORK) && event.kind() != EngineEvent.Kind.STARTED;
        if (instance == null && reaches) {
            return;
        }
        if (instance == null) {
            if (event.kind() != EngineEvent.Kind.ENDED || !event.detail().equals("exit code 137")) {
                throw new InvariantViolation("the foreign container " + event.name() + " was touched: " + event);
            }
            return;
        }
        instances.add(instance);
        if (Besides.isOne(event)) {
            besides.beside(event);
            return;
        }
        besides.main(event);
        Set<String> ofInstance = running.computeIfAbsent(instance, none -> new HashSet<>());
        switch (event.kind()) {
            case CREATED -> mayStart.put(event.container(), 1);
            case STARTED -> {
                ofInstance.add(event.container());
                if (event.detail().contains(EngineEvent.UNANSWERED)) {
                    unanswered.add(event.container());
                } else {
                    unanswered.remove(event.container());
                }
                started(event, ofInstance);
                // else its node was forgotten, and its agent has not heard of it
                newest.apply(instance).ifPresent(known -> homes.started(host, event, known.order() == Order.RUN));
            }
            case ENDED -> {
                ofInstance.remove(event.container());
                mayStart.merge(event.container(), 1, Integer::sum);
                if (event.labels().containsKey(KnitLabels.PART)) {
                    // how what makes it ready ends is nothing of the instance's
                    return;
                }
                jobs.ended(event);
                // a start that seems to have failed is cleaned up after
                boolean byAgent =
                        event.detail().startsWith(STOPPED) && !event.detail().contains(EngineEvent.ORPHANED);
                if (byAgent && !unanswered.contains(event.container())) {
                    stopped(host, instance);
                }
            }
            case REMOVED -> ofInstance.remove(event.container());
        }
    }

    private void started(EngineEvent event, Set<String> ofInstance) {
        if (ofInstance.size() > 1) {
            throw new InvariantViolation("two containers of one instance run: " + ofInstance);
        }
        if (mayStart.merge(event.container(), -1, Integer::sum) < 0) {
            throw new InvariantViolation("a container was started that had not ended: " + event);
        }
    }

    /**
     * An agent stopped a container. It may not, if the server never stopped wanting it, or its spec says that an agent does that was without a server for so long,
     * or whose check failed.
     */
    private void stopped(SimulatedHost host, String instance) {
        last.flatMap(snapshot -> find(snapshot, instance)).ifPresent(known -> {
            boolean wanted = known.order() == Order.RUN && known.state() == InstanceState.RUNNING;
            Duration after = stopAfter.get(known.deployment());
            boolean alone = after != null && network.silenceOf(host.name()).compareTo(after.minus(TO_BE_ANSWERED)) >= 0;
            if (wanted
                    && !alone
                    && !checked.contains(known.deployment())
                    && host.name().equals(known.node())) {
                throw new InvariantViolation(
                        "the agent on " + host.name() + " stopped " + instance + ", which is wanted, after "
                                + network.silenceOf(host.name()) + " without an answer; stop_after is " + after);
            }
        });
    }

    static Optional<Instance> find(ClusterSnapshot snapshot, String id) {
        return snapshot.deployments().stream()
                .flatMap(deployment -> deployment.instances().stream())
                .filter(instance -> instance.id().equals(id))
                .findFirst();
    }

    private void compare(ClusterSnapshot snapshot, long commits) {
        if (snapshot.revision() == comparedRevision) {
            return;
        }
        if (snapshot.revision() < comparedRevision) {
            throw new InvariantViolation(
                    "the state went back from revision " + comparedRevision + " to " + snapshot.revision());
        }
        comparedRevision = snapshot.revision();
        comparedCommits = commits;
        if (wishes.areRestored()) {
            last = Optional.empty();
            outages = new Outages();
            canaries = new Canaries();
            courses = new Courses();
        }
        volumes.note(snapshot);
        List<DeploymentView> changed = changed(snapshot);
        last.ifPresent(before -> {
            outages.check(before, snapshot, changed);
            canaries.check(before, snapshot, changed);
            Nearness.check(before, snapshot, changed);
        });
        courses.check(snapshot, changed);
        preemptions.check(last, snapshot, changed);
        last = Optional.of(snapshot);
        changed.forEach(view -> view.instances().forEach(this::note));
        wishes.compare(snapshot);
        changed.forEach(this::noteRules);
        Set<String> away = Canaries.closed(snapshot);
        snapshot.nodes().stream().filter(node -> node.state() == NodeState.DOWN).forEach(node -> away.add(node.id()));
        changed.forEach(view -> checkSlots(view, away));
        changed.forEach(this::checkCount);
        changed.forEach(jobs::check);
        Givings.check(snapshot, changed);
    }

    /**
     * Of what did not change all that is checked was found right: the server shows the same object then. What is checked of a deployment depends on
     * nothing else but the nodes.
     */
    private List<DeploymentView> changed(ClusterSnapshot now) {
        Optional<ClusterSnapshot> before = last.filter(it -> it.nodes().equals(now.nodes()));
        if (before.isEmpty()) {
            return now.deployments();
        }
        return now.deployments().stream()
                .filter(view -> before.get().deployment(view.name()).orElse(null) != view)
                .toList();
    }

    private void noteRules(DeploymentView view) {
        Duration after = view.deployment().spec().disconnect().stopAfter();
        if (!view.deployment().spec().health().exec().isEmpty()) {
            checked.add(view.name());
        }
        if (after != null) {
            stopAfter.merge(view.name(), after, (a, b) -> a.compareTo(b) < 0 ? a : b);
        }
    }

    private void note(Instance instance) {
        instances.add(instance.id());
        if (instance.state() == InstanceState.LOST) {
            everLost.add(instance.id());
        }
    }

    /**
     * An instance has its slot for itself: its successor waits until nothing of it is left, or its node is down; only one that says so
     * runs beside its successor. Only the return of such a node finds two. There are never more of these pairs than may be replaced at once.
     *
     * @param away nodes that are down, or are to take nothing
     */
    private void checkSlots(DeploymentView deployment, Set<String> away) {
        Map<SlotKey, List<Instance>> placed = new HashMap<>();
        boolean global = deployment.deployment().spec().mode() == Mode.GLOBAL;
        for (Instance instance : deployment.instances()) {
            if (global
                    && instance.key() != null
                    && instance.node() != null
                    && !instance.key().equals(instance.node())) {
                throw new InvariantViolation(instance + " is on another node than its own");
            }
            if (instance.node() != null && !instance.state().isEnd() && !everLost.contains(instance.id())) {
                List<Instance> others = placed.computeIfAbsent(instance.slotKey(), none -> new ArrayList<>());
                others.forEach(other -> checkBeside(instance, other));
                others.add(instance);
            }
        }
        Deployment wish = deployment.deployment();
        if (wish.spec().update().onFailure() == OnFailure.CONTINUE) {
            deployment.instances().stream().filter(Instance::failing).forEach(it -> passed.add(it.id()));
        }
        if (global) {
            // such a slot is left as it is, and the others' turn comes
            deployment.instances().stream()
                    .filter(it -> away.contains(it.slotKey().name()))
                    .forEach(it -> passed.add(it.id()));
        }
        long surge = placed.values().stream()
                .filter(mates -> mates.stream().filter(Instance::isLive).count() > 1)
                .filter(mates -> mates.stream().noneMatch(it -> passed.contains(it.id())))
                .count();
        boolean all = wish.rollout().phase() == Rollout.Phase.ROLLING_BACK;
        if (!all
                && surge
                        > Math.max(
                                widest.getOrDefault(wish.name(), 0),
                                wish.spec().update().maxParallel())) {
            throw new InvariantViolation(surge + " slots of " + wish.name() + " have two instances");
        }
        // what was begun under older rules goes on under newer ones
        widest.merge(wish.name(), all ? Integer.MAX_VALUE : wish.spec().update().maxParallel(), Math::max);
    }

    private void checkBeside(Instance one, Instance other) {
        String pair = one.id().compareTo(other.id()) < 0 ? one.id() + " " + other.id() : other.id() + " " + one.id();
        if (one.id().equals(other.until()) || other.id().equals(one.until())) {
            pairs.add(pair);
        } else if (!pairs.contains(pair)) {
            throw new InvariantViolation("both " + one.id() + " and " + other.id() + " fill one slot");
        }
    }

    /** Who comes to a node finds fewer of its deployment there than may be. */
    private void checkCount(DeploymentView deployment) {
        int most = deployment.deployment().spec().maxPerNode();
        Map<String, Integer> there = new HashMap<>();
        Set<String> newcomers = new HashSet<>();
        for (Instance instance : deployment.instances()) {
            String node = instance.node();
            if (node != null && !instance.isOver()) {
                there.merge(node, 1, Integer::sum);
                if (placed.add(instance.id())
                        && instance.revision() == deployment.deployment().revision()) {
                    newcomers.add(node);
                }
            }
        }
        for (String node : newcomers) {
            if (most > 0 && there.getOrDefault(node, 0) > most) {
                throw new InvariantViolation(deployment.name() + " has " + there.get(node) + " on " + node + ", where "
                        + most + " may be: " + deployment.instances());
            }
        }
    }
}
