package io.knit.core.server.foresight;

import io.knit.api.ServerTiming;
import io.knit.api.foresight.Scenario.Pace;
import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Node;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeJudgement.Witness;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.Preparation;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.Unsteady;
import io.knit.core.server.alive.Flapping;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.server.state.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Nodes as they are supposed to be: each does what it is told, and takes its time for it, until its host dies. */
final class SupposedNodes {
    private final Course course;
    private final ServerTiming timing;
    private final Pace pace;
    private final Set<String> dead = new HashSet<>();
    /** How often each died: who is back is not judged for the time before. */
    private final Map<String, Integer> deaths = new HashMap<>();
    /** Of instances whose container died with its host, whatever the server thinks of them. */
    private final Set<String> gone = new HashSet<>();
    /** Deployments and images that do not get healthy. */
    private final Set<String> sick = new HashSet<>();

    private final SupposedFailures failures = new SupposedFailures();
    /** What is under way, so that the same order given twice is done once. */
    private final Set<String> underWay = new HashSet<>();

    SupposedNodes(Course course, ServerTiming timing, Pace pace) {
        this.course = course;
        this.timing = timing;
        this.pace = pace;
    }

    /** What was under way goes on; a node that is down is dead. */
    void begin() {
        ClusterState state = course.state();
        state.nodes().values().stream()
                .filter(node -> node.state() == NodeState.DOWN)
                .forEach(node -> die(state, node.id()));
        state.nodes().values().forEach(this::release);
        state.instances().values().forEach(this::told);
    }

    /** One that is held as it went down too often stays up here, unless it is told to die. */
    private void release(Node node) {
        Unsteady unsteady = node.judgement().unsteady();
        if (unsteady == null || unsteady.heldUntil() == null) {
            return;
        }
        Duration left = Duration.between(course.served(), unsteady.heldUntil());
        course.after(left.isNegative() ? Duration.ZERO : left, tip -> {
            Node known = tip.node(node.id());
            // one that died meanwhile is held anew, or till then, once it is back
            if (known == null || !unsteady.equals(known.judgement().unsteady()) || known.state() != NodeState.READY) {
                return List.of();
            }
            NodeJudgement held = known.judgement();
            return List.of(new Change.PutJudgement(
                    node.id(),
                    new NodeJudgement(held.state(), "", held.since(), held.witnesses(), unsteady.released())));
        });
    }

    /** Whether its container runs and does its work. */
    boolean works(@Nullable Instance instance) {
        return instance != null && instance.isHealthy() && !gone.contains(instance.id());
    }

    void kill(String node) {
        if (dead.contains(node)) {
            return;
        }
        die(course.state(), node);
        judgedAfter(timing.suspectAfter(), node, NodeState.SUSPECT);
        judgedAfter(timing.downAfter(), node, NodeState.DOWN);
    }

    private void die(ClusterState state, String node) {
        dead.add(node);
        deaths.merge(node, 1, Integer::sum);
        state.instancesOn(node).values().stream()
                .filter(instance -> node.equals(instance.node()))
                .forEach(instance -> gone.add(instance.id()));
    }

    private void judgedAfter(Duration silence, String node, NodeState judged) {
        Integer death = deaths.get(node);
        course.after(silence, tip -> {
            Node known = tip.node(node);
            return known == null || !dead.contains(node) || !Objects.equals(death, deaths.get(node))
                    ? List.of()
                    : judged(known, judged, "no heartbeat for " + silence.toSeconds() + " s");
        });
    }

    private List<Change> judged(Node node, NodeState judged, String why) {
        NodeJudgement next = node.judged(judged, why, List.of(Witness.HEARTBEAT), course.now())
                .judgement();
        return List.of(new Change.PutJudgement(
                node.id(),
                judged == NodeState.DOWN ? next.silentSince(course.served().minus(timing.downAfter())) : next));
    }

    void revive(String id) {
        if (!dead.remove(id)) {
            return;
        }
        course.happen(tip -> {
            Node node = tip.node(id);
            return node == null ? List.of() : heard(node);
        });
        Node back = course.state().node(id);
        if (back != null) {
            release(back);
        }
        course.state().instancesOn(id).values().forEach(this::told);
    }

    private List<Change> heard(Node node) {
        Unsteady unsteady = Flapping.heard(node, course.served());
        return List.of(new Change.PutJudgement(
                node.id(),
                new NodeJudgement(
                        NodeState.READY,
                        Flapping.words(unsteady),
                        node.state() == NodeState.READY ? node.changedAt() : course.now(),
                        List.of(Witness.HEARTBEAT),
                        unsteady)));
    }

    void sicken(String what) {
        sick.add(what);
        ClusterState state = course.state();
        for (Instance instance : state.instances().values()) {
            if (works(instance) && isSick(state, instance)) {
                HealthSpec health = health(state, instance);
                failsAfter(
                        health.isOwn() ? health.interval().multipliedBy(health.retries()) : Duration.ZERO,
                        instance.id());
            }
        }
    }

    /** What the nodes do about what was decided. */
    void told(List<Step> steps) {
        Set<String> ids = new LinkedHashSet<>();
        for (Step step : steps) {
            if (step.change() instanceof Change.PutInstance put) {
                ids.add(put.instance().id());
            }
        }
        for (String id : ids) {
            Instance instance = course.state().instance(id);
            if (instance != null) {
                told(instance);
            }
        }
    }

    private void told(Instance instance) {
        String id = instance.id();
        Preparation preparation = instance.preparation();
        if (instance.node() == null) {
            if (preparation != null && !preparation.done()) {
                after(pace.fetch(), "fetch " + preparation.node(), id, this::fetched);
            }
        } else if (dead.contains(instance.node())) {
            return;
        } else if (instance.order() == Order.STOP) {
            after(pace.stop(), "stop", id, (tip, known) -> stopped(known));
        } else if (!instance.observed().isEnd() && (gone.contains(id) || !hasRun(instance))) {
            after(pace.start(), "start", id, this::started);
        } else if (hasRun(instance) && !gone.contains(id)) {
            endsInTime(course.state(), instance);
        }
    }

    private static boolean hasRun(Instance instance) {
        return instance.observed().state() == InstanceState.RUNNING && instance.health() != Health.STARTING;
    }

    /** What comes of an instance that there still is. */
    @FunctionalInterface
    private interface Doing {
        List<Change> changes(ClusterState tip, Instance known);
    }

    private void after(Duration wait, String what, String id, Doing doing) {
        String key = what + " " + id;
        if (underWay.add(key)) {
            course.after(wait, tip -> {
                underWay.remove(key);
                Instance known = tip.instance(id);
                return known == null ? List.of() : doing.changes(tip, known);
            });
        }
    }

    private List<Change> fetched(ClusterState tip, Instance known) {
        Preparation preparation = known.preparation();
        return preparation == null || preparation.done() || dead.contains(preparation.node())
                ? List.of()
                : List.of(new Change.PutInstance(known.prepared(course.served())));
    }

    private boolean isDead(Instance instance) {
        return instance.node() == null || dead.contains(instance.node());
    }

    private List<Change> stopped(Instance known) {
        return isDead(known) || known.order() != Order.STOP
                ? List.of()
                : List.of(new Change.RemoveInstance(known.id()));
    }

    private List<Change> started(ClusterState tip, Instance known) {
        if (isDead(known) || known.order() != Order.RUN) {
            return List.of();
        }
        boolean again = gone.remove(known.id());
        List<Change> changes = new ArrayList<>();
        if (known.decided().lost()) {
            changes.add(new Change.PutInstance(known.found(course.now(), course.served())));
        }
        HealthSpec health = health(tip, known);
        boolean isSick = isSick(tip, known);
        int restarts = known.restarts() + (again ? 1 : 0);
        Health told = !health.isOwn() ? Health.NONE : isSick ? Health.STARTING : Health.HEALTHY;
        Observed said = new Observed(
                InstanceState.RUNNING,
                "",
                restarts,
                false,
                known.statusSeq() + 1,
                course.now(),
                told,
                isSick ? Instant.EPOCH : course.served());
        if (!isSick) {
            changes.add(new Change.PutObserved(known.id(), said));
            endsInTime(tip, known);
        } else if (health.isOwn()) {
            changes.add(new Change.PutObserved(known.id(), said));
            failsAfter(health.grace().plus(health.interval().multipliedBy(health.retries() - 1L)), known.id());
        } else {
            changes.add(new Change.PutObserved(known.id(), failed(tip, known)));
        }
        return changes;
    }

    /** What is run to its end comes to it. */
    private void endsInTime(ClusterState state, Instance instance) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        if (revision != null && revision.spec().mode().runsToAnEnd()) {
            after(
                    runs(revision.spec().job()),
                    "end",
                    instance.id(),
                    (tip, known) -> isDead(known) || known.observed().isEnd()
                            ? List.of()
                            : List.of(new Change.PutObserved(known.id(), completed(known))));
        }
    }

    /** Nothing speaks for it that an attempt takes longer than it may, unless that is what is supposed. */
    private Duration runs(@Nullable JobSpec job) {
        Duration may = job == null ? null : job.timeout();
        boolean isGiven = !pace.run().equals(Pace.USUAL.run());
        return may == null || isGiven || pace.run().compareTo(may) < 0 ? pace.run() : may.dividedBy(2);
    }

    private Observed completed(Instance known) {
        return new Observed(
                InstanceState.FAILED,
                "ended with exit code 0",
                known.restarts(),
                false,
                known.statusSeq() + 1,
                course.now());
    }

    private void failsAfter(Duration wait, String id) {
        after(wait, "fail", id, (tip, known) -> {
            boolean concerns = !isDead(known)
                    && known.order() == Order.RUN
                    && !known.observed().isEnd();
            return concerns && isSick(tip, known)
                    ? List.of(new Change.PutObserved(known.id(), failed(tip, known)))
                    : List.of();
        });
    }

    /** What is told of one that failed, and what comes next of it. */
    private Observed failed(ClusterState tip, Instance known) {
        Revision revision = tip.revision(known.deployment(), known.revision());
        RestartSpec rules =
                revision == null ? RestartSpec.DEFAULT : revision.spec().restart();
        HealthSpec health = health(tip, known);
        int restarts = known.restarts() + 1;
        SupposedFailures.Next next = failures.fails(known.id(), rules, course.now());
        boolean over = next.over();
        String why = health.isOwn() ? "its health check fails" : "its container ends as soon as it is started";
        if (!over && !next.forEver()) {
            Duration again = health.isOwn() ? health.interval().multipliedBy(health.retries()) : Duration.ZERO;
            failsAfter(next.delay().plus(again), known.id());
        }
        Observed said = new Observed(
                over ? InstanceState.FAILED : InstanceState.RUNNING,
                over ? why + "; it is not started again" : why + "; it is started again and again",
                over ? known.restarts() : restarts,
                true,
                known.statusSeq() + 1,
                course.now(),
                health.isOwn() ? Health.UNHEALTHY : Health.NONE,
                Instant.EPOCH);
        return said.wellFor(known.observed().longestWell(course.served()));
    }

    private boolean isSick(ClusterState state, Instance instance) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        return sick.contains(instance.deployment())
                || revision != null && sick.contains(revision.spec().image());
    }

    private static HealthSpec health(ClusterState state, Instance instance) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        return revision == null ? HealthSpec.DISABLED : revision.spec().health();
    }
}
