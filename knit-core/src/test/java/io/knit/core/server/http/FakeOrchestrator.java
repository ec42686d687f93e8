package io.knit.core.server.http;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.command.Rebalancing;
import io.knit.api.command.Rendering;
import io.knit.api.command.Token;
import io.knit.api.command.Value;
import io.knit.api.command.Webhook;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Scenario;
import io.knit.api.history.Explanation;
import io.knit.api.history.Explanation.Course;
import io.knit.api.history.Explanation.NodeAnswer;
import io.knit.api.history.Explanation.Phase;
import io.knit.api.history.Explanation.Wait;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import io.knit.api.history.PastDeployment;
import io.knit.api.model.Capacity;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Peer;
import io.knit.api.model.RevisionView;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.command.Policy;
import io.knit.core.server.command.Right;
import io.knit.core.template.TemplateEngine;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Admits and remembers; places nothing. */
public final class FakeOrchestrator implements Orchestrator {
    public static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    public final List<DeploymentSpec> accepted = new CopyOnWriteArrayList<>();
    public final List<Caller> callers = new CopyOnWriteArrayList<>();
    public final List<Command<?>> commands = new CopyOnWriteArrayList<>();
    public final List<Consumer<KnitEvent>> listeners = new CopyOnWriteArrayList<>();
    public volatile boolean ready = true;

    /** Runs whenever the HTTP server asks whether all is ready, on the server's own thread: who lets it wait holds the server. */
    public volatile Runnable readyAsked = () -> {};

    public volatile int kept = 1000;

    /** Of every deployment that there is. */
    public volatile List<RevisionView> revisions = List.of();

    /** Newest first; null: none is kept. */
    public volatile @Nullable List<HistoryEntry> history = List.of();

    /** By a node's id; of the others nobody says anything. */
    public final Map<String, Liveness> witnesses = new ConcurrentHashMap<>();

    /** Who shows which token. */
    public final Map<String, Caller> tokens = new ConcurrentHashMap<>();

    /** What every command and plan fails with, if set. */
    public volatile @Nullable KnitException refused;

    /** What deploying fails with, if set. */
    public volatile @Nullable RuntimeException broken;

    /** What an answer to a deploy waits for. */
    public volatile Future<Void> gate = Future.succeededFuture();

    private final Admission admission = new Admission(new TemplateEngine());
    private final Map<String, DeploymentView> deployments = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private final List<KnitEvent> events = new ArrayList<>();
    private long seq;

    // each branch answers with what its command says
    @SuppressWarnings("unchecked")
    @Override
    public <A> Future<A> run(Command<A> command, Caller caller) {
        callers.add(caller);
        KnitException refusal = refused;
        if (refusal != null) {
            return Future.failedFuture(refusal);
        }
        try {
            Policy.check(command, caller);
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        commands.add(command);
        if (command instanceof Command.CreateToken create) {
            return (Future<A>) Future.succeededFuture(
                    new Token(create.name(), create.role(), create.deployments(), NOW, caller.name(), null));
        }
        if (command instanceof Command.RevokeToken revoke) {
            return (Future<A>) Future.succeededFuture(
                    new Token(revoke.name(), Caller.Role.VIEWER, List.of(Caller.ALL), NOW, caller.name(), null));
        }
        if (command instanceof Command.CreateWebhook create) {
            return (Future<A>) Future.succeededFuture(webhook(create.name(), create.url(), caller));
        }
        if (command instanceof Command.SetValue set) {
            return (Future<A>) Future.succeededFuture(value(set.kind(), set.name()));
        }
        if (command instanceof Command.RemoveValue remove) {
            return (Future<A>) Future.succeededFuture(value(remove.kind(), remove.name()));
        }
        if (command instanceof Command.RemoveVolume remove) {
            SlotVolume volume = new SlotVolume(
                    remove.deployment(), remove.slot(), remove.name(), "n1", Instant.EPOCH, Instant.EPOCH);
            return (Future<A>) Future.succeededFuture(new VolumeView(volume, null, "", "it goes"));
        }
        if (command instanceof Command.MoveSlot move) {
            return (Future<A>) deployment(move.name())
                    .map(Future::succeededFuture)
                    .orElseGet(() -> Future.failedFuture(none(move.name())));
        }
        if (command instanceof Command.CancelMove cancel) {
            return (Future<A>) deployment(cancel.name())
                    .map(Future::succeededFuture)
                    .orElseGet(() -> Future.failedFuture(none(cancel.name())));
        }
        if (command instanceof Command.RotateSecrets) {
            return (Future<A>) Future.succeededFuture(new Value.Rotation("0123abcd", 0));
        }
        if (command instanceof Command.RemoveWebhook remove) {
            return (Future<A>) Future.succeededFuture(webhook(remove.name(), "https://a.example", caller));
        }
        if (command instanceof Command.Deploy deploy) {
            return (Future<A>) deploy(deploy.spec());
        }
        if (command instanceof Command.Present present) {
            return (Future<A>) deployment(present.name())
                    .map(Future::succeededFuture)
                    .orElseGet(() -> Future.failedFuture(none(present.name())));
        }
        if (command instanceof Command.SetAvailability set) {
            return (Future<A>) wished(
                    set.id(),
                    wish -> wish.with(
                                    set.availability(),
                                    caller.name(),
                                    set.deadline() == null ? null : NOW.plus(set.deadline()),
                                    null)
                            .startingFirst(set.startFirst()));
        }
        if (command instanceof Command.LabelNode label) {
            Map<String, String> given = new TreeMap<>();
            label.labels().forEach((key, value) -> {
                if (value != null) {
                    given.put(key, value);
                }
            });
            return (Future<A>) wished(label.id(), wish -> wish.with(given));
        }
        if (command instanceof Command.Rebalance) {
            Rebalancing.Move move = new Rebalancing.Move("web", "web-0-a", "n1", "n2", "n2 has 0 of web, and n1 1");
            return (Future<A>) Future.succeededFuture(new Rebalancing(List.of(move), true));
        }
        return command instanceof Command.Undeploy undeploy
                ? (Future<A>) undeploy(undeploy.name())
                : (Future<A>) forgetNode(((Command.ForgetNode) command).id());
    }

    @Override
    public Optional<Caller> callerBy(String token, String from) {
        return Optional.ofNullable(tokens.get(token));
    }

    /** What a backup is. */
    public volatile @Nullable Path backup;

    @Override
    public Future<Path> backup(Caller caller) {
        Path file = backup;
        return file == null ? Orchestrator.super.backup(caller) : Future.succeededFuture(file);
    }

    @Override
    public List<Token> tokens(Caller caller) {
        Policy.check(Right.ADMINISTER, caller, "list tokens");
        return List.of();
    }

    /** Of all slots. */
    public volatile List<VolumeView> volumes = List.of();

    @Override
    public List<VolumeView> volumes(Caller caller) {
        Policy.check(Right.SEE, caller, "list volumes");
        return volumes.stream()
                .filter(view -> caller.isFor(view.volume().deployment()))
                .toList();
    }

    @Override
    public VolumeView volume(String deployment, String slot, String name, @Nullable String node, Caller caller) {
        return volumes(caller).stream()
                .filter(view -> view.volume().deployment().equals(deployment)
                        && view.volume().slot().equals(slot)
                        && view.volume().name().equals(name)
                        && (node == null || view.volume().node().equals(node)))
                .findFirst()
                .orElseThrow(() -> new KnitException(ErrorCode.NOT_FOUND, "there is no such volume"));
    }

    /** All that is kept, and who reads what of it. */
    public volatile List<Value> values = List.of();

    public volatile Map<String, List<String>> readers = Map.of();

    @Override
    public Map<String, List<String>> readers(Value.Kind kind, Caller caller) {
        Policy.check(Right.SEE_ALL, caller, "see who reads " + kind.words() + "s");
        return readers;
    }

    private static Value value(Value.Kind kind, String name) {
        return new Value(kind, name, 1, 1, NOW, "a test", null);
    }

    @Override
    public List<Value> values(Value.Kind kind, Caller caller) {
        Policy.check(Right.SEE_ALL, caller, "list " + kind.words() + "s");
        List<Value> kept = values;
        return kept.isEmpty()
                ? List.of(value(kind, "a"))
                : kept.stream().filter(value -> value.kind() == kind).toList();
    }

    @Override
    public Value value(Value.Kind kind, String name, Caller caller) {
        Policy.check(Right.SEE_ALL, caller, "see " + kind.words() + " " + name);
        return value(kind, name);
    }

    private static Webhook webhook(String name, String url, Caller caller) {
        return new Webhook(name, url, List.of("*"), List.of(Caller.ALL), NOW, caller.name(), Webhook.Course.begin(0));
    }

    @Override
    public List<Webhook> webhooks(Caller caller) {
        Policy.check(Right.ADMINISTER, caller, "list webhooks");
        return List.of();
    }

    @Override
    public Future<Webhook.Tried> tryWebhook(String name, Caller caller) {
        Policy.check(Right.ADMINISTER, caller, "test webhook " + name);
        return Future.succeededFuture(new Webhook.Tried(true, 204, Duration.ZERO, "answered 204"));
    }

    private synchronized Future<Node> wished(String id, UnaryOperator<NodeWish> change) {
        for (Node node : nodes) {
            if (node.id().equals(id)) {
                Node next = node.with(change.apply(node.wish()));
                nodes.set(nodes.indexOf(node), next);
                return Future.succeededFuture(next);
            }
        }
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "there is no node \"" + id + "\""));
    }

    private static KnitException none(String name) {
        return new KnitException(
                ErrorCode.NOT_FOUND, "there is no deployment \"" + name + "\"; GET /deployments lists all");
    }

    @Override
    public List<RevisionView> revisions(String name) {
        if (deployment(name).isEmpty()) {
            throw none(name);
        }
        return revisions;
    }

    @Override
    public Future<Explanation> explain(String name) {
        return deployment(name)
                .map(view -> Future.succeededFuture(new Explanation(
                        view,
                        view.instances().stream()
                                .map(it ->
                                        new Course(it.id(), List.of("it waits"), List.of(new Phase("made", NOW, ""))))
                                .toList(),
                        List.of(new Wait(
                                1, List.of("web-0-a"), "no node fits", List.of(new NodeAnswer("n1", "is full")), 3)),
                        List.of("the next run is due"),
                        Objects.requireNonNullElse(history, List.of()))))
                .orElseGet(() -> Future.failedFuture(none(name)));
    }

    @Override
    public Future<Explanation> explainInstance(String id) {
        String deployment = id.split("-", 2)[0];
        return deployment(deployment).isPresent() ? explain(deployment) : Future.failedFuture(none(id));
    }

    @Override
    public Future<PastDeployment> deploymentAt(String name, Instant at) {
        HistoryEntry entry = Objects.requireNonNull(history).stream()
                .filter(each -> !each.at().isAfter(at) && name.equals(each.deployment()))
                .findFirst()
                .orElse(null);
        return entry == null || entry.details().isEmpty()
                ? Future.failedFuture(new KnitException(ErrorCode.FORGOTTEN, "it reaches back to yesterday"))
                : Future.succeededFuture(new PastDeployment(
                        name,
                        at,
                        entry,
                        at.plusSeconds(2),
                        2,
                        "nginx:latest",
                        1,
                        null,
                        false,
                        false,
                        new Rollout(
                                1,
                                Rollout.Phase.MOVING,
                                entry.at(),
                                entry.at(),
                                0,
                                0,
                                false,
                                1,
                                "",
                                List.of(),
                                List.of()),
                        List.of(new PastDeployment.PastInstance(name + "-0-k3x9", 1, "0", "eu-1", "running", true)),
                        0,
                        1));
    }

    @Override
    public List<Plan.FieldChange> diff(String name, int from, int to) {
        return List.of(new Plan.FieldChange("/replicas", Integer.toString(from), Integer.toString(to)));
    }

    /** What is foretold, whatever is supposed. */
    public volatile Foretold foretold = new Foretold(1, true, true, Duration.ZERO, List.of(), List.of(), List.of());

    public final List<Scenario> supposed = new CopyOnWriteArrayList<>();

    @Override
    public Future<Foretold> simulate(Scenario scenario, Caller caller) {
        KnitException refusal = refused;
        if (refusal != null) {
            return Future.failedFuture(refusal);
        }
        supposed.add(scenario);
        return Future.succeededFuture(foretold);
    }

    /** What templates would become; null: there is no node for them. */
    public volatile @Nullable Rendering rendering;

    public final List<DeploymentSpec> rendered = new CopyOnWriteArrayList<>();

    @Override
    public Future<Rendering> render(DeploymentSpec spec, @Nullable String node, Caller caller) {
        try {
            Policy.check(new Command.Deploy(spec), caller);
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        rendered.add(spec);
        Rendering known = rendering;
        return Future.succeededFuture(
                known == null ? new Rendering(spec.name(), 1, null, List.of(), List.of(), 0, "no node") : known);
    }

    @Override
    public Future<Plan> plan(Command<?> command, Caller caller) {
        KnitException refusal = refused;
        if (refusal != null) {
            return Future.failedFuture(refusal);
        }
        try {
            Policy.check(command, caller);
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        Plan.Step step = new Plan.Step(
                "web",
                0,
                null,
                Plan.Action.REPLACE,
                "web-0-a",
                "n1",
                "n2",
                "",
                new Plan.Downtime(Duration.ofMillis(12_500), "stopping takes at most its grace of 10s"));
        return Future.succeededFuture(new Plan(
                command.words(),
                7,
                true,
                true,
                List.of(new Plan.FieldChange("/replicas", "1", "2"), new Plan.FieldChange("/env/A", null, "\"b\"")),
                List.of(step),
                List.of(new Plan.Service("web", 3, 2, new Plan.Downtime(null, "until a node fits"))),
                List.of()));
    }

    @Override
    public Future<DeploymentView> deploy(DeploymentSpec spec) {
        RuntimeException failure = broken;
        if (failure != null) {
            return Future.failedFuture(failure);
        }
        try {
            DeploymentSpec admitted = admission.admit(spec);
            accepted.add(admitted);
            return gate.map(open -> put(admitted, DeploymentStatus.PENDING, List.of()));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    @Override
    public synchronized Future<DeploymentView> undeploy(String name) {
        DeploymentView view = deployments.remove(name);
        if (view == null) {
            return Future.failedFuture(none(name));
        }
        event("deployment.deleting", name, null, null, name + " is being undeployed");
        return Future.succeededFuture(
                new DeploymentView(view.deployment().asDeleting(), DeploymentStatus.DELETING, view.instances()));
    }

    @Override
    public synchronized Future<Node> forgetNode(String id) {
        for (Node node : nodes) {
            if (node.id().equals(id) && node.state() == NodeState.DOWN) {
                nodes.remove(node);
                return Future.succeededFuture(node);
            }
            if (node.id().equals(id)) {
                return Future.failedFuture(new KnitException(ErrorCode.IN_USE, id + " is not down"));
            }
        }
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "there is no node \"" + id + "\""));
    }

    public synchronized DeploymentView put(DeploymentSpec spec, DeploymentStatus status, List<Instance> instances) {
        return put(new Deployment(spec.name(), 1, spec, false, NOW, NOW), status, instances);
    }

    public synchronized DeploymentView put(Deployment deployment, DeploymentStatus status, List<Instance> instances) {
        String name = deployment.name();
        DeploymentView view = new DeploymentView(deployment, status, instances);
        deployments.put(name, view);
        event("deployment.created", name, null, null, name + " was accepted");
        return view;
    }

    public synchronized void node(
            String id, NodeState state, Map<String, String> labels, String condition, String reason) {
        NodeFacts facts = new NodeFacts(
                id + ".example",
                labels,
                new Capacity(4, 8L << 30),
                "20.10.24",
                "0.1.0",
                "10.54.0." + (10 + nodes.size()),
                "key-" + id,
                condition,
                List.of());
        nodes.add(new Node(
                id, "identity-of-" + id, null, NodeWish.NONE, facts, new NodeJudgement(state, reason, NOW, List.of())));
    }

    /** Without a word. */
    public synchronized void forget(String id) {
        nodes.removeIf(node -> node.id().equals(id));
    }

    public synchronized void node(Node node) {
        nodes.add(node);
    }

    public synchronized void peer(String key, String hostname, String meshIp) {
        peers.add(new Peer(key, hostname, meshIp, NOW));
    }

    public synchronized KnitEvent event(
            String type,
            @Nullable String deployment,
            @Nullable String instance,
            @Nullable String node,
            String message) {
        KnitEvent event = new KnitEvent(++seq, NOW.plusSeconds(seq), type, deployment, instance, node, message);
        events.add(event);
        while (events.size() > kept) {
            events.remove(0);
        }
        listeners.forEach(listener -> listener.accept(event));
        return event;
    }

    @Override
    public synchronized ClusterSnapshot snapshot() {
        return new ClusterSnapshot(
                "test",
                seq,
                seq,
                List.copyOf(deployments.values()),
                nodes,
                peers,
                volumes.stream().map(VolumeView::volume).toList());
    }

    @Override
    public Liveness liveness(String node) {
        return witnesses.getOrDefault(node, Liveness.UNKNOWN);
    }

    @Override
    public synchronized List<KnitEvent> eventsAfter(long afterSeq) {
        return events.stream().filter(event -> event.seq() > afterSeq).toList();
    }

    @Override
    public Future<List<HistoryEntry>> history(HistoryQuery query) {
        List<HistoryEntry> all = history;
        if (all == null) {
            return Orchestrator.super.history(query);
        }
        return Future.succeededFuture(all.stream()
                .filter(entry -> query.after() == 0 || entry.number() < query.after())
                .filter(entry ->
                        query.deployment() == null || query.deployment().equals(entry.deployment()))
                .limit(query.limit())
                .toList());
    }

    @Override
    public Registration listen(Consumer<KnitEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public boolean ready() {
        readyAsked.run();
        return ready;
    }
}
