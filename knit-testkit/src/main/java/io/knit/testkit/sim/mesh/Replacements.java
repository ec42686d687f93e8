package io.knit.testkit.sim.mesh;

import io.knit.api.ServerTiming;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Order;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.sim.host.InvariantViolation;
import io.knit.testkit.sim.host.SimulatedNetwork;
import io.knit.testkit.sim.host.SimulatedServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * When the work of a silent node may be replaced, and must be, by what truly arrived at the server: not before 12 s without a heartbeat, not before 60 s while it
 * was told that its host was heard of since, and no later than that. A clock that is set changes nothing of it, but by what was heard between two looks at the mesh.
 */
public final class Replacements {
    private static final ServerTiming TIMING = ServerTiming.DEFAULT;
    /** A moment that the server knows to some milliseconds. */
    private static final Duration ABOUT = Duration.ofMillis(100);
    /** What was decided is stored and shown so much later, at the latest, also by a loop that is busy. */
    private static final Duration SHOWN = Duration.ofSeconds(6);
    /** A decision that was not stored is made again so soon. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private static final Duration LOOKS = Duration.ofMillis(500);
    /** Of the time that was served, by each start. */
    private static final Duration COUNTED_TWICE = Duration.ofSeconds(15);

    /** Who was heard of so long before it is judged is asked for in time. */
    private static final Duration ASKED = Duration.ofMillis(1_500);

    private final EventQueue queue;
    private final SimulatedServer server;
    private final @Nullable SimulatedMesh mesh;
    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, DeploymentView> deployments = new HashMap<>();
    /** As each revision was deployed last: a run of a schedule is looked after by the one with which it began. */
    private final Map<String, DeploymentSpec> specs = new HashMap<>();
    /** Since when which node is shown as down. */
    private final Map<String, Instant> downs = new HashMap<>();

    private long revision = -1;
    private final Contacts contacts;
    private final Map<String, Instant> restarts = new HashMap<>();
    private final List<Instant> clockSets = new ArrayList<>();
    private Duration clockError;
    private Instant listens = Instant.MIN;
    private Instant looked = Instant.MIN;

    /** @param mesh null: there is none */
    public Replacements(EventQueue queue, SimulatedServer server, @Nullable SimulatedMesh mesh) {
        this.queue = queue;
        this.contacts = new Contacts(queue);
        this.server = server;
        this.mesh = mesh;
        this.clockError = server.clockError();
    }

    /** To be told of heartbeats. */
    public SimulatedNetwork.Heartbeats heartbeats() {
        return contacts;
    }

    /** A host's agent is started. */
    public void starts(String host) {
        restarts.put(host, queue.now());
    }

    /** The server ended: the next hears everybody anew. */
    public void serverDied() {
        nodes.clear();
        deployments.clear();
        downs.clear();
        revision = -1;
        contacts.serverDied();
        listens = Instant.MIN;
    }

    /** To be called after every event. */
    public void check() {
        if (!server.clockError().equals(clockError)) {
            clockError = server.clockError();
            clockSets.add(queue.now());
        }
        Optional<ClusterSnapshot> snapshot = server.snapshot();
        if (snapshot.isEmpty()) {
            return;
        }
        listens = server.listensSince();
        if (snapshot.get().revision() != revision) {
            revision = snapshot.get().revision();
            snapshot.get().nodes().forEach(this::note);
            snapshot.get().deployments().forEach(this::note);
        }
        if (!queue.now().isBefore(looked.plus(LOOKS))) {
            looked = queue.now();
            for (Node node : snapshot.get().nodes()) {
                if (node.state() != NodeState.DOWN) {
                    mayStayUp(node);
                }
            }
            snapshot.get().deployments().forEach(this::mayWait);
        }
    }

    private void note(Node node) {
        Node was = nodes.put(node.id(), node);
        if (node.state() != NodeState.DOWN) {
            downs.remove(node.id());
            return;
        }
        downs.putIfAbsent(node.id(), queue.now());
        if (was != null && was.state() != NodeState.DOWN) {
            goesDown(was);
        }
    }

    private void note(DeploymentView view) {
        Deployment deployment = view.deployment();
        specs.put(revision(view.name(), deployment.revision()), deployment.spec());
        DeploymentView was = deployments.put(view.name(), view);
        if (was == null || was == view) {
            return;
        }
        Set<String> lost = was.instances().stream()
                .filter(it -> it.state() != InstanceState.LOST)
                .map(Instance::id)
                .collect(Collectors.toSet());
        for (Instance instance : view.instances()) {
            if (instance.state() == InstanceState.LOST && lost.contains(instance.id())) {
                isLost(instance, deployment.spec());
            }
        }
    }

    private static String revision(String deployment, long number) {
        return deployment + "/" + number;
    }

    private DeploymentSpec specOf(Instance instance, Deployment deployment) {
        return deployment.spec().mode() == Mode.CRON
                ? specs.getOrDefault(revision(deployment.name(), instance.revision()), deployment.spec())
                : deployment.spec();
    }

    /** Only who is down has lost anything, and not before its deployment has waited. */
    private void isLost(Instance instance, DeploymentSpec spec) {
        Node node = nodes.get(instance.node());
        if (node == null || node.state() != NodeState.DOWN) {
            throw new InvariantViolation(instance.id() + " is lost, and its node is " + node);
        }
        Duration after = spec.disconnect().replaceAfter();
        Silence silence = longest(node.id());
        // of the time that was served before a start some counts twice
        // a run that is over, as the other one's time is, wants none of its instances any more
        boolean isOfRun = spec.mode() == Mode.JOB || spec.mode() == Mode.CRON;
        boolean counts = after != null && instance.order() == Order.RUN && !isOfRun && listens.isBefore(silence.from());
        if (counts && silence.length().plus(ABOUT).compareTo(after) < 0) {
            throw new InvariantViolation(instance.id() + " is lost after " + silence.length()
                    + " of its node's silence, and replace_after is " + after);
        }
    }

    /** What is on a node that is down is replaced at once, or when its deployment has waited. */
    private void mayWait(DeploymentView view) {
        Deployment deployment = view.deployment();
        for (Instance instance : view.instances()) {
            Instant down = downs.get(instance.node());
            if (down == null
                    || deployment.deleting()
                    || instance.order() != Order.RUN
                    || instance.state().isEnd()) {
                continue;
            }
            Duration after = specOf(instance, deployment).disconnect().replaceAfter();
            Instant due = after == null ? down : down.plus(after).plus(COUNTED_TWICE);
            Instant well = server.wellSince();
            if (queue.now().isAfter((due.isAfter(well) ? due : well).plus(SOON))) {
                throw new InvariantViolation(instance.id() + " is " + instance.state() + " on " + instance.node()
                        + ", which is down since " + down + ", and was to be replaced at " + due);
            }
        }
    }

    /** A time for which a host was not heard. */
    private record Silence(Instant from, Instant to) {
        Duration length() {
            return Duration.between(from, to);
        }
    }

    private void goesDown(Node node) {
        String host = node.id();
        Silence silence = longest(host);
        boolean isTooSoon = silence.length().plus(ABOUT).compareTo(TIMING.downAfter()) < 0;
        // one that is started anew, and seems to be older than the last, is answered that it is refused until that is
        // down
        boolean mayBeRefused = restarts.getOrDefault(host, Instant.MIN)
                .isAfter(queue.now().minus(TIMING.downAfter()).minus(SHOWN));
        if (isTooSoon && mayBeRefused) {
            return;
        }
        if (isTooSoon) {
            throw new InvariantViolation(host + " is down after no more than " + silence.length() + " of silence");
        }
        if (mesh == null
                || node.meshKey() == null
                || silence.length().plus(ABOUT).compareTo(TIMING.downThoughAlive()) >= 0) {
            return;
        }
        Instant judged = silence.from().plus(TIMING.downAfter()).minus(ABOUT);
        mesh.told(host)
                .filter(it -> isSince(it.heard(), host, silence) && it.told().isBefore(judged))
                // a busy server has its answer before it, and has not read it yet
                .filter(it -> server.wellSince().isBefore(it.told()))
                .filter(it -> !isClockSet(it.heard(), it.told()))
                .ifPresent(it -> {
                    throw new InvariantViolation(host + " is down after " + silence.length()
                            + " of silence, though its host was heard of at " + it.heard()
                            + ", which the server was told at " + it.told());
                });
        boolean looks = !server.wellSince().isAfter(silence.from()) && mesh.isWellSince(silence.from());
        mesh.heard(host).stream()
                .filter(at -> looks && isSince(at, host, silence))
                .filter(at ->
                        at.isBefore(silence.from().plus(TIMING.downAfter()).minus(ASKED)))
                .filter(at -> !isClockSet(at, queue.now()))
                .findFirst()
                .ifPresent(at -> {
                    throw new InvariantViolation(host + " is down after " + silence.length()
                            + " of silence, though its host was heard of at " + at + ": the mesh was not asked");
                });
    }

    /** Whether it proves that the host lived on after its agent spoke last, also by what came late. */
    private boolean isSince(Instant heard, String host, Silence silence) {
        Instant late = contacts.perhaps(host);
        Instant spoke = late != null && late.isAfter(silence.from()) ? late : silence.from();
        return heard.isAfter(spoke.plus(TIMING.connectionLostAfter()).plus(ABOUT));
    }

    private boolean isClockSet(Instant from, Instant to) {
        return clockSets.stream().anyMatch(it -> !it.isBefore(from) && !it.isAfter(to));
    }

    /** The longest that may have led to what is shown now. A server that stood still goes on to count when that is over: only a start begins anew. */
    private Silence longest(String host) {
        Instant now = queue.now();
        Silence longest = new Silence(now, now);
        Instant from = server.startedSince();
        List<Instant> all = new ArrayList<>(contacts.since(host, from));
        all.add(now);
        Instant decided = server.failsSince().minus(SHOWN);
        for (Instant to : all) {
            Silence silence = new Silence(from, to);
            if (!to.isBefore(decided) && silence.length().compareTo(longest.length()) > 0) {
                longest = silence;
            }
            from = to;
        }
        return longest;
    }

    private void mayStayUp(Node node) {
        String host = node.id();
        Instant heard = contacts.perhaps(host);
        Instant from = heard != null && heard.isAfter(listens) ? heard : listens;
        Instant well = server.wellSince();
        Duration most = isMaybeAlive(node, from) ? TIMING.downThoughAlive() : TIMING.downAfter();
        Instant due = from.plus(most);
        Instant last = (due.isAfter(well) ? due : well).plus(SOON);
        if (queue.now().isAfter(last)) {
            throw new InvariantViolation(host + " is " + node.state() + " " + Duration.between(from, queue.now())
                    + " after its last heartbeat, and was to be down after " + most);
        }
    }

    /** Whether the server may hold its host for alive. */
    private boolean isMaybeAlive(Node node, Instant from) {
        if (mesh == null || node.meshKey() == null) {
            return false;
        }
        Instant surely = from.plus(TIMING.connectionLostAfter()).minus(ABOUT);
        return mesh.heard(node.id()).stream().anyMatch(it -> it.isAfter(surely))
                || isClockSet(from.minus(TIMING.discoveryInterval()).minusSeconds(10), queue.now());
    }
}
