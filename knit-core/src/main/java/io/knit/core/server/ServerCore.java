package io.knit.core.server;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.command.Rendering;
import io.knit.api.command.Token;
import io.knit.api.command.Value;
import io.knit.api.command.Webhook;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Scenario;
import io.knit.api.history.Explanation;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import io.knit.api.history.PastDeployment;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.RevisionView;
import io.knit.api.model.Settled;
import io.knit.api.model.VolumeView;
import io.knit.api.spi.figure.Figure;
import io.knit.api.spi.figure.Measured;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.PeerAdmission;
import io.knit.api.spi.transport.PeerClaim;
import io.knit.api.spi.transport.PeerConnections;
import io.knit.api.spi.transport.PeerRights;
import io.knit.core.loop.Pulse;
import io.knit.core.loop.RandomIds;
import io.knit.core.loop.ThreadPulse;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.alive.MeshWatch;
import io.knit.core.server.alive.NodeWatch;
import io.knit.core.server.alive.Witnesses;
import io.knit.core.server.backup.Backups;
import io.knit.core.server.command.Policy;
import io.knit.core.server.command.Right;
import io.knit.core.server.dispatch.AssignmentBook;
import io.knit.core.server.dispatch.Dispatcher;
import io.knit.core.server.dispatch.NamesDesk;
import io.knit.core.server.dispatch.SetNumbers;
import io.knit.core.server.dispatch.ValueDesk;
import io.knit.core.server.documents.StateLoader;
import io.knit.core.server.events.EventFeed;
import io.knit.core.server.foresight.Foresight;
import io.knit.core.server.hooks.Listeners;
import io.knit.core.server.hooks.SpecRules;
import io.knit.core.server.image.ImagePushes;
import io.knit.core.server.incident.IncidentFile;
import io.knit.core.server.incident.Recorder;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.inside.InsideNodes;
import io.knit.core.server.intake.HeartbeatIntake;
import io.knit.core.server.intake.StatusIntake;
import io.knit.core.server.join.NodeGate;
import io.knit.core.server.meter.CourseTimes;
import io.knit.core.server.meter.Meters;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.KnownToken;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.state.KnownWebhook;
import io.knit.core.server.value.ReadBy;
import io.knit.core.server.value.RegistryLogin;
import io.knit.core.server.value.Sealing;
import io.knit.core.server.value.ValueCommands;
import io.knit.core.server.view.ChangeCourse;
import io.knit.core.server.view.Explanations;
import io.knit.core.server.view.PastViews;
import io.knit.core.server.view.RevisionViews;
import io.knit.core.server.view.Snapshots;
import io.knit.core.server.volume.VolumeViews;
import io.knit.core.server.volume.moving.Mover;
import io.knit.core.server.webhook.delivery.Webhooks;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.stream.AskingStreams;
import io.knit.core.wire.stream.StreamEnd;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Wires the packages of the server together over its parts; it closes none of them. Thread-safe. */
public final class ServerCore implements Orchestrator, Measured {
    private static final int BACKUP_ID = 12;
    private static final int MASKING = 40;
    private static final int MOST_STREAMS = 256;

    private final ServerParts parts;
    private final Loop loop;
    private final SpecRules rules;
    private final SecretKeys keys;
    private final CommandDesk desk;
    private final Agenda agenda;
    private final Pulse pulse;
    private final Recorder recorder;
    private final AgentHearing hearing;
    private final EventFeed feed;
    private final Snapshots views = new Snapshots();
    private final AskingStreams streams;
    private final Inside inside;
    private final ImagePushes images;
    private final Backups backups;
    private final Meters meters = new Meters();
    private volatile @Nullable Running running;
    private volatile boolean connected;
    private boolean ended;

    public ServerCore(ServerParts parts) {
        this.parts = parts;
        this.loop = parts.loop();
        this.feed = parts.feed();
        this.rules = new SpecRules(loop, parts.hooks().rules());
        this.keys = new SecretKeys(loop, parts.keys(), new RandomIds());
        this.desk = new CommandDesk(
                loop,
                parts.timing(),
                parts.granted(),
                new AdmissionQueue(loop, parts.admission(), rules),
                keys,
                this::writer);
        this.hearing = new AgentHearing(loop, parts.transport(), meters, () -> running != null);
        this.agenda = new Agenda(loop);
        this.streams = new AskingStreams(parts.streams(), parts.transport(), parts.ids(), mostStreams());
        this.inside = new InsideNodes(
                parts.streams(),
                streams,
                id -> Optional.ofNullable(present().writer().committed().instance(id)),
                this::deployment,
                this::node,
                () -> present().writer().committed().nodes().values(),
                instance -> Optional.ofNullable(
                                present().writer().committed().revision(instance.deployment(), instance.revision()))
                        .map(revision -> revision.spec().process()));
        this.images = new ImagePushes(
                parts.streams(),
                inside,
                () -> present().writer().committed().nodes().values(),
                parts.dataDir().resolve("images"),
                parts.ids());
        this.backups = new Backups(loop, parts.store(), parts.dataDir());
        this.recorder = new Recorder(parts.ids(), this::searching);
        this.pulse = loop instanceof Pulse own ? own : new ThreadPulse(loop);
    }

    /** Their windows get an eighth of the heap. */
    private static int mostStreams() {
        long most = Runtime.getRuntime().maxMemory() / 8 / StreamEnd.WINDOW;
        return (int) Math.max(16, Math.min(MOST_STREAMS, most));
    }

    /** What can be seen of instances beyond what the state says. */
    public Inside inside() {
        return inside;
    }

    /** Images that are pushed to nodes. */
    public ImagePushes images() {
        return images;
    }

    /** What is there once the state is loaded. */
    private record Running(
            StateWriter writer,
            MeshWatch mesh,
            NodeWatch watch,
            Witnesses witnesses,
            AssignmentBook book,
            Dispatcher dispatcher,
            NodeGate gate,
            NamesDesk names,
            HeartbeatIntake heartbeats,
            StatusIntake statuses,
            Webhooks webhooks,
            Mover mover,
            Listeners listeners) {
        void start() {
            mesh.start();
            watch.start();
            webhooks.start();
            mover.start();
        }

        void connection(String name, boolean open) {
            gate.connection(name, open);
            watch.connection(name, open);
        }

        void forget(String node) {
            heartbeats.forget(node);
            watch.forget(node);
            book.forget(node);
        }

        void close() {
            writer.close();
            mesh.close();
            watch.close();
            heartbeats.close();
            webhooks.close();
            mover.close();
            listeners.close();
        }
    }

    /** Loads the state, begins to listen to agents, and looks at all anew. */
    public Future<Void> start() {
        return start(StoredState.reading(loop, parts.store(), parts.keys())).onSuccess(done -> lookAnew());
    }

    /** What waited when the last run ended is looked at anew. With thousands of deployments that is many decisions: who asks the API need not wait for them. What comes before is decided with all. */
    public void lookAnew() {
        loop.execute(() -> {
            Running present = running;
            if (present != null) {
                StateWriter writer = present.writer();
                writer.look(writer.committed().deployments().keySet());
            }
        });
    }

    /** As {@link #start()}, with what is being read already, and without the look: {@link #lookAnew} is to be called once the API listens. */
    public Future<Void> start(StoredState stored) {
        return stored.read()
                .compose(new Founding(parts)::of)
                .compose(loaded -> backups.clear().map(loaded))
                .map(loaded -> {
                    keys.takeOver(stored.keys());
                    return loaded;
                })
                .compose(this::begin);
    }

    private Future<Void> begin(StateLoader.Loaded loaded) {
        if (ended) {
            return Future.failedFuture(CommandDesk.notRunning());
        }
        Running made = made(writerOf(loaded), loaded.events().last());
        tellOfCommits(made);
        tellOfConnections(made);
        // before the gate is guarded, which judges nobody until then; and that before anybody is heard
        running = made;
        if (guarded(made.gate())) {
            made.gate().guard();
        } else if (parts.closed()) {
            return Future.failedFuture(new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "join-token is given, but this server's transport does not see who connects, so it would keep nobody out;"
                            + " with an outside NATS leave it out, and close that NATS to strangers by its own users"));
        }
        hearing.begin(made.heartbeats(), made.statuses(), made.dispatcher(), made.names());
        parts.streams().execute(streams::start);
        made.start();
        keys.began(made.writer());
        return Future.succeededFuture();
    }

    private StateWriter writerOf(StateLoader.Loaded loaded) {
        StateWriter writer = new StateWriter(
                loop,
                parts.store(),
                loaded.state().scoredBy(parts.hooks().scorers()),
                loaded.events(),
                recorder,
                agenda,
                pulse);
        writer.measured(meters);
        writer.sealed(keys::sealing);
        writer.lookWithNext(loaded.state().deployments().keySet());
        return writer;
    }

    /** @param lastEvent number of the last event before it began */
    private Running made(StateWriter writer, long lastEvent) {
        MeshWatch mesh =
                new MeshWatch(loop, agenda, parts.discovery(), parts.timing().discoveryInterval());
        NodeWatch watch = new NodeWatch(loop, agenda, pulse, parts.timing(), writer, mesh, hearing::isWaiting);
        AssignmentBook book = new AssignmentBook(new SetNumbers(loop.now()));
        NodeGate gate = new NodeGate(loop, agenda, writer, parts.closed());
        NamesDesk names = new NamesDesk(loop, agenda, parts.transport(), writer);
        return new Running(
                writer,
                mesh,
                watch,
                watch.witnesses(),
                book,
                new Dispatcher(parts.transport(), writer, book, new ValueDesk(keys::sealing), this::publishing),
                gate,
                names,
                new HeartbeatIntake(loop, agenda, writer, gate, watch, mesh, book, names, hearing.inbox()),
                new StatusIntake(loop, writer, hearing.inbox()),
                new Webhooks(loop, parts.streams(), writer, parts.ids(), parts.post()),
                new Mover(loop, parts.streams(), writer, inside),
                new Listeners(loop, parts.hooks().listeners(), lastEvent, writer::eventsAfter));
    }

    /** In this order each hears of a commit. */
    private void tellOfCommits(Running made) {
        StateWriter writer = made.writer();
        // before what makes containers: they are to search the names of their stack
        writer.onCommit(made.names()::committed);
        writer.onCommit(made.dispatcher()::announce);
        // before what sends events, or acts on them
        writer.onCommit(commit -> feed.publish(commit.events()));
        writer.onCommit(made.webhooks()::committed);
        writer.onCommit(made.mover()::committed);
        writer.onCommit(commit -> made.listeners().heard());
        writer.onCommit(new CourseTimes(meters)::committed);
        writer.onCommit(made.gate()::committed);
        writer.onCommit(made.heartbeats()::committed);
        writer.onCommit(commit -> commit.changes().forEach(change -> {
            if (change instanceof Change.RemoveNode remove) {
                made.forget(remove.id());
            }
        }));
    }

    private void tellOfConnections(Running made) {
        parts.transport().onConnection(up -> connected = up);
        if (parts.transport() instanceof PeerConnections peers) {
            peers.onPeer((name, open) -> loop.execute(() -> made.connection(name, open)));
        }
    }

    private Runnable publishing() {
        Duration begun = loop.elapsed();
        return () -> meters.published(loop.elapsed().minus(begun));
    }

    private Runnable searching() {
        Duration begun = loop.elapsed();
        return () -> meters.searched(loop.elapsed().minus(begun));
    }

    /** How long what it does takes. */
    public Meters meters() {
        return meters;
    }

    /** Whether the transport lets in only whom the gate does. */
    private boolean guarded(NodeGate gate) {
        return parts.transport() instanceof PeerAdmission admission && admission.admitBy(claim -> judged(gate, claim));
    }

    private Future<Optional<PeerRights>> judged(NodeGate gate, PeerClaim claim) {
        Promise<Optional<PeerRights>> verdict = Promise.promise();
        loop.execute(() -> verdict.complete(running == null ? Optional.empty() : gate.judge(claim)));
        return verdict.future();
    }

    /** Stops deciding; what runs on the nodes runs on. */
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        loop.execute(() -> {
            ended = true;
            parts.streams().execute(streams::close);
            Running last = running;
            running = null;
            agenda.close();
            if (pulse instanceof ThreadPulse beating) {
                beating.close();
            }
            if (last != null) {
                last.close();
            }
            rules.close();
            closed.complete();
        });
        return closed.future();
    }

    @Override
    public <A> Future<A> run(Command<A> command, Caller caller) {
        return desk.run(Objects.requireNonNull(command, "command"), Objects.requireNonNull(caller, "caller"));
    }

    @Override
    public Future<Plan> plan(Command<?> command, Caller caller) {
        return desk.plan(Objects.requireNonNull(command, "command"), Objects.requireNonNull(caller, "caller"));
    }

    @Override
    public Future<Rendering> render(DeploymentSpec spec, @Nullable String node, Caller caller) {
        return desk.render(new Command.Deploy(spec), node, Objects.requireNonNull(caller, "caller"));
    }

    @Override
    public Future<Foretold> simulate(Scenario scenario, Caller caller) {
        return desk.simulate(Objects.requireNonNull(scenario, "scenario"), Objects.requireNonNull(caller, "caller"));
    }

    /** From the newest state that is stored, at this moment. */
    public Foresight foresight(Scenario.Pace pace) {
        StateWriter writer = present().writer();
        return new Foresight(writer.newest(), parts.timing(), pace, loop.now());
    }

    @Override
    public Future<String> incident(Caller caller) {
        try {
            Policy.check(Right.ADMINISTER, caller, "export an incident");
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        if (running == null) {
            return Future.failedFuture(CommandDesk.notRunning());
        }
        byte[] key = new RandomIds().next(MASKING).getBytes(StandardCharsets.UTF_8);
        return loop.computing(() -> IncidentFile.write(recorder, key));
    }

    @Override
    public Optional<Caller> callerBy(String token, String from) {
        return KnownToken.callerBy(token, from, present().writer().committed(), loop.now());
    }

    @Override
    public List<Token> tokens(Caller caller) {
        Policy.check(Right.ADMINISTER, caller, "list tokens");
        return present().writer().committed().tokens().values().stream()
                .map(KnownToken::token)
                .toList();
    }

    @Override
    public List<Webhook> webhooks(Caller caller) {
        Policy.check(Right.ADMINISTER, caller, "list webhooks");
        return present().writer().committed().webhooks().values().stream()
                .map(KnownWebhook::webhook)
                .toList();
    }

    @Override
    public List<VolumeView> volumes(Caller caller) {
        Policy.check(Right.SEE, caller, "list volumes");
        ClusterState state = present().writer().committed();
        return state.volumes().values().stream()
                .filter(volume -> caller.isFor(volume.deployment()))
                .map(volume -> VolumeViews.of(state, volume))
                .toList();
    }

    @Override
    public VolumeView volume(String deployment, String slot, String name, @Nullable String node, Caller caller) {
        Policy.check(Right.SEE_ONE, caller, deployment, "see volumes of " + deployment);
        ClusterState state = present().writer().committed();
        return VolumeViews.of(state, VolumeViews.one(state, deployment, slot, name, node));
    }

    @Override
    public List<Value> values(Value.Kind kind, Caller caller) {
        Policy.check(Right.SEE_ALL, caller, "list " + kind.plural());
        return present().writer().committed().values().of(kind).stream()
                .map(known -> kind == Value.Kind.REGISTRY ? RegistryLogin.told(known, keys.sealing()) : known.value())
                .toList();
    }

    @Override
    public Map<String, List<String>> readers(Value.Kind kind, Caller caller) {
        Policy.check(Right.SEE_ALL, caller, "see who reads " + kind.plural());
        return ReadBy.of(present().writer().committed(), kind);
    }

    @Override
    public Value value(Value.Kind kind, String name, Caller caller) {
        Policy.check(Right.SEE_ALL, caller, "see " + kind.words() + " " + name);
        KnownValue known = present().writer().committed().values().get(kind, name);
        if (known == null) {
            throw ValueCommands.unknown(kind);
        }
        return switch (kind) {
            case SECRET -> known.value();
            case REGISTRY -> RegistryLogin.told(known, keys.sealing());
            case VAR, FILE -> known.value().with(Sealing.NONE.open(known));
        };
    }

    @Override
    public Future<Webhook.Tried> tryWebhook(String name, Caller caller) {
        try {
            Policy.check(Right.ADMINISTER, caller, "test webhook " + name);
            return loop.bring(present().webhooks().tryNow(name));
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
    }

    @Override
    public List<Figure> figures() {
        Running present = running;
        return present == null ? List.of() : present.webhooks().figures();
    }

    private @Nullable StateWriter writer() {
        Running present = running;
        return present == null ? null : present.writer();
    }

    private Running present() {
        Running present = running;
        if (present == null) {
            throw CommandDesk.notRunning();
        }
        return present;
    }

    @Override
    public Future<Path> backup(Caller caller) {
        try {
            Policy.check(Right.ADMINISTER, caller, "make a backup");
            ClusterState state = present().writer().committed();
            return backups.make(state, keys.names(state), parts.ids().next(BACKUP_ID));
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
    }

    @Override
    public ClusterSnapshot snapshot() {
        Running present = present();
        return views.of(
                present.writer().committed(),
                present.heartbeats().foreign(),
                present.mesh().peers());
    }

    @Override
    public Optional<DeploymentView> deployment(String name) {
        return views.deployment(present().writer().committed(), Objects.requireNonNull(name, "name"));
    }

    @Override
    public Settled settled(DeploymentView made) {
        return ChangeCourse.of(made).settled(deployment(made.name()).orElse(null));
    }

    @Override
    public Optional<Node> node(String id) {
        Objects.requireNonNull(id, "id");
        Running present = present();
        return Optional.ofNullable(present.writer().committed().node(id))
                .or(() -> present.heartbeats().foreign().stream()
                        .filter(node -> node.id().equals(id))
                        .findFirst());
    }

    @Override
    public Liveness liveness(String node) {
        Running present = present();
        Node known = present.writer().committed().node(Objects.requireNonNull(node, "node"));
        return known == null ? Liveness.UNKNOWN : present.witnesses().of(known);
    }

    @Override
    public List<RevisionView> revisions(String name) {
        return RevisionViews.of(present().writer().committed(), Objects.requireNonNull(name, "name"));
    }

    @Override
    public List<Plan.FieldChange> diff(String name, int from, int to) {
        return RevisionViews.diff(present().writer().committed(), Objects.requireNonNull(name, "name"), from, to);
    }

    @Override
    public Future<Explanation> explain(String name) {
        return explained(Objects.requireNonNull(name, "name"), all -> all.of(name));
    }

    @Override
    public Future<Explanation> explainInstance(String id) {
        Objects.requireNonNull(id, "id");
        Running present = running;
        Instance known = present == null ? null : present.writer().committed().instance(id);
        if (present != null && known == null) {
            return Future.failedFuture(new KnitException(
                    ErrorCode.NOT_FOUND,
                    "there is no instance named \"" + id
                            + "\"; GET /deployments lists those that there are, GET /history what became of others"));
        }
        return known == null
                ? Future.failedFuture(CommandDesk.notRunning())
                : explained(known.deployment(), all -> all.of(known));
    }

    /** On the store's thread, or that of who asks: it may be much to read. */
    private Future<Explanation> explained(String deployment, Function<Explanations, Explanation> asked) {
        Running present = running;
        if (present == null) {
            return Future.failedFuture(CommandDesk.notRunning());
        }
        StateWriter writer = present.writer();
        return writer.history(HistoryQuery.NEWEST.of(deployment))
                .recover(e -> e instanceof KnitException none && none.code() == ErrorCode.NOT_FOUND
                        ? Future.succeededFuture(List.of())
                        : Future.failedFuture(e))
                .map(decisions -> asked.apply(
                        new Explanations(writer.committed(), writer.eventsAfter(0), decisions, this::liveness)));
    }

    @Override
    public Future<PastDeployment> deploymentAt(String name, Instant at) {
        Objects.requireNonNull(name, "name");
        Running present = running;
        if (present == null) {
            return Future.failedFuture(CommandDesk.notRunning());
        }
        if (at.isAfter(loop.now())) {
            return Future.failedFuture(new KnitException(
                    ErrorCode.INVALID_VALUE,
                    at + " is still to come, by the server's clock, which says " + loop.now()
                            + "; POST /simulate says what would happen"));
        }
        StateWriter writer = present.writer();
        return writer.past(name, at).map(found -> PastViews.of(writer.committed(), name, at, found));
    }

    @Override
    public long lastEvent() {
        return present().writer().committed().lastEvent();
    }

    @Override
    public Future<List<HistoryEntry>> history(HistoryQuery query) {
        Objects.requireNonNull(query, "query");
        Running present = running;
        return present == null
                ? Future.failedFuture(CommandDesk.notRunning())
                : present.writer().history(query);
    }

    @Override
    public List<KnitEvent> eventsAfter(long afterSeq) {
        Running present = running;
        return present == null ? List.of() : present.writer().eventsAfter(afterSeq);
    }

    @Override
    public Registration listen(Consumer<KnitEvent> listener) {
        return feed.add(listener);
    }

    @Override
    public boolean ready() {
        Running present = running;
        return present != null
                && connected
                && hearing.isSubscribed()
                && present.writer().isStoring();
    }
}
