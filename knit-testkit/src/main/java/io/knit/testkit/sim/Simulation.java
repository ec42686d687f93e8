package io.knit.testkit.sim;

import io.knit.api.KnitVersion;
import io.knit.api.Orchestrator;
import io.knit.api.ServerTiming;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Scenario;
import io.knit.api.foresight.Scenario.Pace;
import io.knit.api.model.Capacity;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.model.RevisionView;
import io.knit.core.KnitServer;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.foresight.Foresight;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.state.Revision;
import io.knit.core.server.view.Views;
import io.knit.core.template.TemplateEngine;
import io.knit.core.wire.Features;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A cluster to which things only seem to happen: what becomes of it is decided by the server's own functions, on time that passes only when it is told
 * to, without agents, engines or threads. What {@code POST /simulate} answers, step by step and with questions in between.
 *
 * <pre>{@code
 * Simulation simulation = Simulation.of(server).kill("node-2").advance(Duration.ofSeconds(60));
 * assertThat(simulation.places("web")).doesNotContainValue("node-2");
 * simulation.requireNeverFewer("web", 2);
 * }</pre>
 *
 * Of a snapshot it begins at the moment of the newest thing that is known there, so one snapshot gives one history. Not thread-safe.
 */
public final class Simulation {
    private static final Instant HAND_MADE = Instant.parse("2026-01-01T00:00:00Z");

    private final Foresight foresight;
    private final Admission admission = new Admission(new TemplateEngine());

    private Simulation(Foresight foresight) {
        this.foresight = foresight;
    }

    /**
     * From what a server knows now, as {@code simulate} of it does: its whole state, its timing, and what who embeds it gave it to choose nodes by. Only
     * his rules of admission are not asked. The server goes on, and hears nothing of it.
     *
     * <p>Of an {@link Orchestrator} that is no {@link KnitServer} no more is known than it shows: revisions, variables, secrets and files by name and
     * version alone. It does not show which versions a deployment that runs has read, nor that it was restarted: of such a one another revision seems to
     * make another container, or the same.
     */
    public static Simulation of(Orchestrator server) {
        if (server instanceof KnitServer knit) {
            return new Simulation(knit.foresight(Pace.USUAL));
        }
        ClusterSnapshot snapshot = server.snapshot();
        List<Revision> revisions = new ArrayList<>();
        for (DeploymentView view : snapshot.deployments()) {
            for (RevisionView kept : revisions(server, view.name())) {
                revisions.add(Revision.of(kept.number(), kept.spec()));
            }
        }
        List<Change> values = new ArrayList<>();
        for (Value.Kind kind : Value.Kind.values()) {
            server.values(kind, Caller.PROGRAM)
                    .forEach(value -> values.add(new Change.PutValue(new KnownValue(value, "", ""))));
        }
        return of(snapshot, revisions, values, Pace.USUAL);
    }

    /** None of what has gone since the snapshot: it has its present one. */
    private static List<RevisionView> revisions(Orchestrator server, String deployment) {
        try {
            return server.revisions(deployment);
        } catch (KnitException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    /**
     * From a snapshot. Of a deployment that is being updated only the present revision is known: it has none to go back to. Nor does a snapshot know
     * variables, secrets and files: what reads them can't be deployed in it.
     */
    public static Simulation of(ClusterSnapshot snapshot) {
        return of(snapshot, Pace.USUAL);
    }

    /** The same, with nodes that take other times for what they do. */
    public static Simulation of(ClusterSnapshot snapshot, Pace pace) {
        return of(snapshot, List.of(), List.of(), pace);
    }

    /** So many equal nodes, {@code node-0}, {@code node-1} and so on, each with its name as label {@code name}, and nothing on them. */
    public static Simulation ofNodes(int nodes) {
        List<Node> made = Stream.iterate(0, number -> number < nodes, number -> number + 1)
                .map(number -> node("node-" + number))
                .toList();
        return of(new ClusterSnapshot("simulated", 0, 0, List.of(), made, List.of()));
    }

    private static Node node(String name) {
        NodeFacts facts = new NodeFacts(
                name,
                Map.of("name", name),
                new Capacity(64, 256L << 30),
                "",
                KnitVersion.current(),
                null,
                null,
                "",
                Features.ALL);
        return new Node(
                name,
                "made by hand",
                null,
                NodeWish.NONE,
                facts,
                new NodeJudgement(NodeState.READY, "", HAND_MADE, List.of()));
    }

    private static Simulation of(ClusterSnapshot snapshot, List<Revision> revisions, List<Change> values, Pace pace) {
        List<Change> changes = new ArrayList<>(values);
        snapshot.nodes().forEach(node -> changes.add(new Change.PutNode(node)));
        snapshot.volumes().forEach(volume -> changes.add(new Change.PutVolume(volume)));
        revisions.forEach(revision -> changes.add(new Change.PutRevision(revision)));
        for (DeploymentView view : snapshot.deployments()) {
            Deployment deployment = view.deployment();
            changes.add(new Change.PutDeployment(deployment));
            if (revisions.stream().noneMatch(it -> it.deployment().equals(view.name()))) {
                changes.add(new Change.PutRevision(Revision.of(deployment.revision(), deployment.spec())));
            }
            view.instances().forEach(instance -> changes.add(new Change.PutInstance(instance)));
        }
        ClusterState state = ClusterState.empty(snapshot.cluster());
        for (Change change : changes) {
            state = change.applyTo(state);
        }
        Instant now = newest(snapshot);
        ClusterState known = state.at(snapshot.revision(), snapshot.lastEvent()).servedAt(served(snapshot, now));
        return new Simulation(new Foresight(known, ServerTiming.DEFAULT, pace, now));
    }

    /** For how long a server was there at least: a snapshot says it only by what began when. */
    private static Instant served(ClusterSnapshot snapshot, Instant otherwise) {
        return snapshot.deployments().stream()
                .flatMap(view -> Stream.concat(
                        Stream.of(view.deployment().rollout().progressAt()),
                        view.instances().stream()
                                .flatMap(it -> Stream.of(
                                        it.healthySince(),
                                        Objects.requireNonNullElse(it.decided().placed(), Instant.EPOCH)))))
                .filter(moment -> !moment.equals(Instant.EPOCH))
                .max(Comparator.naturalOrder())
                .orElse(otherwise);
    }

    private static Instant newest(ClusterSnapshot snapshot) {
        Stream<Instant> nodes = snapshot.nodes().stream().map(Node::changedAt);
        Stream<Instant> instances = snapshot.deployments().stream()
                .flatMap(view -> view.instances().stream())
                .map(Instance::changedAt);
        Stream<Instant> deployments = snapshot.deployments().stream()
                .map(DeploymentView::deployment)
                .flatMap(it -> Stream.of(
                        it.updatedAt(), it.rollout().since(), it.rollout().progressAt()));
        return Stream.of(nodes, instances, deployments)
                .flatMap(Function.identity())
                .max(Comparator.naturalOrder())
                .orElse(HAND_MADE);
    }

    /** The host dies with all its containers. */
    public Simulation kill(String node) {
        return take(new Scenario.Kill(node));
    }

    /** A host that was killed, or is down, is there again. */
    public Simulation revive(String node) {
        return take(new Scenario.Revive(node));
    }

    /** Lets so much time pass. */
    public Simulation advance(Duration time) {
        return take(new Scenario.Advance(time));
    }

    /** Lets time pass until nothing is left to happen by itself, a day at most. What runs by the clock has its next time before it, and no run under way. */
    public Simulation settle() {
        foresight.settle(Scenario.LONGEST);
        return this;
    }

    /**
     * From now on nothing of this deployment, or of this image, gets or stays healthy, also what is deployed later with that image.
     *
     * @throws io.knit.api.error.KnitException with {@code NOT_FOUND}: there is no deployment of that name, and none has that image now or in a revision that is
     *     kept; for an image that comes later use a {@link Scenario}, whose later steps are known
     */
    public Simulation unhealthy(String deploymentOrImage) {
        return take(new Scenario.Unhealthy(deploymentOrImage));
    }

    /** Deploys; fails as a server would. */
    public Simulation deploy(DeploymentSpec spec) {
        return run(new Command.Deploy(admission.admit(spec)));
    }

    /** The node is drained. */
    public Simulation drain(String node) {
        return run(new Command.SetAvailability(node, Availability.DRAINED));
    }

    /** Gives any other command. */
    public Simulation run(Command<?> command) {
        return take(new Scenario.Run(command));
    }

    private Simulation take(Scenario.Step step) {
        foresight.take(step, Caller.PROGRAM);
        return this;
    }

    /** What has happened so far. */
    public Foretold told() {
        return foresight.told();
    }

    /** As a server would show it now. */
    public ClusterSnapshot snapshot() {
        ClusterState state = foresight.state();
        List<DeploymentView> views = state.deployments().values().stream()
                .map(deployment -> Views.deployment(state, deployment))
                .toList();
        return Views.cluster(state, views, List.of(), List.of());
    }

    /** By slot: the node of the instance that is to run there; slots without one are left out. */
    public Map<String, String> places(String deployment) {
        Map<String, String> places = new TreeMap<>();
        for (Instance instance : foresight.state().instancesOf(deployment)) {
            String node = instance.node();
            if (instance.isLive() && node != null) {
                places.put(instance.slotKey().toString(), node);
            }
        }
        return places;
    }

    /** How many of it do their work, in truth: the server may not know better yet. */
    public int healthy(String deployment) {
        return (int) foresight.state().instancesOf(deployment).stream()
                .filter(instance -> foresight.works(instance.id()))
                .count();
    }

    /**
     * @throws AssertionError if ever fewer of it were healthy, with all that happened; what it was at the beginning counts too. Also if there was no
     *     deployment of that name, or if it was too much to work out all of it
     */
    public Simulation requireNeverFewer(String deployment, int healthy) {
        requireWorkedOut();
        Foretold.Fate fate = foresight
                .toldOfAll()
                .deployment(deployment)
                .orElseThrow(() -> new AssertionError("there was no deployment \"" + deployment + "\"; there are "
                        + foresight.state().deployments().keySet() + history()));
        if (fate.fewest() < healthy) {
            throw new AssertionError(deployment + " had only " + fate.fewest() + " healthy after " + fate.fewestAt()
                    + ", and is never to have fewer than " + healthy + history());
        }
        return this;
    }

    /**
     * @throws AssertionError if something would still happen by itself, or a deployment is not as wished, also one to which nothing happened; with
     *     all that happened
     */
    public Simulation requireWell() {
        Foretold told = foresight.toldOfAll();
        requireWorkedOut();
        if (!told.settled()) {
            throw new AssertionError("something is still to happen; let more time pass" + history());
        }
        for (Foretold.Fate fate : told.deployments()) {
            if (!fate.problems().isEmpty() || fate.after() < fate.wanted()) {
                throw new AssertionError(fate.name() + " has " + fate.after() + " of " + fate.wanted() + " healthy: "
                        + String.join("; ", fate.problems()) + history());
            }
        }
        return this;
    }

    private void requireWorkedOut() {
        if (!foresight.isWorkedOut()) {
            throw new AssertionError("it was too much to work out all of it; begin anew from snapshot()" + history());
        }
    }

    private String history() {
        StringBuilder words = new StringBuilder("\nwhat happened:");
        told().timeline()
                .forEach(it -> words.append("\n  ").append(it.at()).append(' ').append(it.message()));
        return words.toString();
    }
}
