package io.knit.core;

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
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.Peer;
import io.knit.api.model.RevisionView;
import io.knit.api.model.Settled;
import io.knit.api.model.VolumeView;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.Role;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.figure.Measured;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.transport.Transport;
import io.knit.core.loop.RandomIds;
import io.knit.core.rules.HostAndPort;
import io.knit.core.rules.process.HostAccess;
import io.knit.core.server.ClusterMark;
import io.knit.core.server.ServerCore;
import io.knit.core.server.ServerParts;
import io.knit.core.server.StoredState;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.events.EventFeed;
import io.knit.core.server.foresight.Foresight;
import io.knit.core.server.http.HttpApi;
import io.knit.core.server.http.access.Exposure;
import io.knit.core.server.http.access.Listening;
import io.knit.core.server.http.connection.ClientRates;
import io.knit.core.server.http.tls.TlsFiles;
import io.knit.core.server.webhook.delivery.HttpPost;
import io.knit.core.server.webhook.delivery.Post;
import io.knit.core.template.TemplateEngine;
import io.knit.core.wiring.Closers;
import io.knit.core.wiring.ClusterFile;
import io.knit.core.wiring.Detached;
import io.knit.core.wiring.FirstToken;
import io.knit.core.wiring.JoinToken;
import io.knit.core.wiring.SecretsKeys;
import io.knit.core.wiring.Wiring;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Knit server in this JVM: it decides what runs where. Several may live in one JVM. Thread-safe.
 *
 * <pre>{@code
 * KnitServer server = KnitServer.builder().dataDir(Path.of("knit-data")).build();
 * server.start()
 *         .compose(started -> started.deploy(
 *                 DeploymentSpec.builder("hello", "nginx:alpine").port(80).build()))
 *         .onSuccess(deployment -> System.out.println(deployment.status()))
 *         .onFailure(error -> System.err.println(error.getMessage()));
 * }</pre>
 */
public final class KnitServer implements Orchestrator {
    private static final String HTTP_RATE = "http-rate";
    private static final String HTTP_ADDRESS = "http-addr";

    private final KnitServerSettings settings;
    private final Closers closers = new Closers();
    private final AtomicBoolean started = new AtomicBoolean();
    private final Promise<KnitServer> begun = Promise.promise();
    private final Detached detached = new Detached();
    private final EventFeed feed = new EventFeed();
    private volatile boolean closing;
    private volatile @Nullable ServerCore core;
    private volatile Map<String, String> endpoints = Map.of();

    KnitServer(KnitServerSettings settings) {
        this.settings = settings;
        // the last of all: what is answered while the rest is closed is answered better
        closers.add(() -> {
            detached.close();
            return Future.succeededFuture();
        });
    }

    public static KnitServerBuilder builder() {
        return new KnitServerBuilder();
    }

    /** What it was built with. */
    public KnitServerSettings settings() {
        return settings;
    }

    /** Loads the state, connects, listens. Once only; a failed start gives back all it took, and so does one that {@link #close} ends. */
    public Future<KnitServer> start() {
        if (!started.compareAndSet(false, true)) {
            return Future.failedFuture(new IllegalStateException("this server was started before; build another"));
        }
        if (closing) {
            return Future.failedFuture(closedMeanwhile());
        }
        Wiring wiring = new Wiring(
                closers, settings.config(), settings.plugins(), settings.vertx(), settings.loop(), Role.SERVER);
        Supplier<PluginContext> context = () -> wiring.context(Role.SERVER, "knit-server", settings.dataDir());
        // the store first: it refuses a second server on the same data before that one disturbs anybody
        wiring.part(Store.class, "store", settings.store(), context)
                .compose(store -> run(wiring, store, context))
                .recover(e -> closers.close().transform(nothing -> Future.failedFuture(e)))
                .onComplete(this::begun);
        return begun.future();
    }

    private void begun(AsyncResult<KnitServer> start) {
        if (closing) {
            begun.tryFail(closedMeanwhile());
        } else if (start.succeeded()) {
            begun.tryComplete(this);
        } else {
            begun.tryFail(start.cause());
        }
    }

    private static KnitException closedMeanwhile() {
        return new KnitException(ErrorCode.CLOSED, "the server was closed before it had started; build another");
    }

    /** The state is read while the other parts are made: with much in the store either takes its time. */
    private Future<KnitServer> run(Wiring wiring, Store store, Supplier<PluginContext> context) {
        StoredState stored = StoredState.reading(wiring.loop(), store, keys());
        return wiring.part(Transport.class, "transport", settings.transport(), context)
                .compose(transport -> wiring.discovery(settings.discovery(), context)
                        .compose(discovery -> run(wiring, store, stored, transport, discovery)))
                .recover(e -> stored.ended().transform(done -> Future.failedFuture(e)));
    }

    private Future<KnitServer> run(
            Wiring wiring, Store store, StoredState stored, Transport transport, Discovery discovery) {
        ServerCore made = new ServerCore(new ServerParts(
                wiring.loop(),
                wiring.streams(),
                Wiring.ids(settings.ids()),
                store,
                transport,
                discovery,
                settings.timing(),
                JoinToken.isSet(settings.config()),
                settings.isOn(KnitServerBuilder.NEW_CLUSTER),
                settings.store() == null ? new ClusterFile(settings.dataDir()) : ClusterMark.NONE,
                keys(),
                settings.dataDir(),
                post(wiring),
                new Admission(new TemplateEngine())::admit,
                HostAccess.words(settings.config().get(KnitServerBuilder.HOST_ACCESS)),
                settings.hooks().forServer(),
                feed));
        core = made;
        closers.add(made::close);
        // beside the state, which is read on the loop
        Future<Optional<HttpApi>> http = http(wiring, made, discovery, measured(store, transport, discovery, made));
        return made.start(stored)
                .compose(nothing -> settings.isOn(KnitServerBuilder.TOKENS)
                        ? FirstToken.ensure(wiring.loop(), made, new RandomIds(), settings.dataDir())
                        : Future.succeededFuture())
                .compose(nothing -> http)
                .compose(api -> api.isPresent() ? api.get().listen().map(Optional::of) : http)
                .map(listens -> {
                    Map<String, String> where = new LinkedHashMap<>();
                    listens.ifPresent(api -> where.put("http", address(api.port())));
                    note(where, "transport", transport.endpoint());
                    note(where, "store", store.endpoint());
                    endpoints = Collections.unmodifiableMap(where);
                    made.lookAnew();
                    return this;
                });
    }

    private SecretsKeys keys() {
        return SecretsKeys.of(settings.config(), settings.dataDir());
    }

    /** Closed with the rest; by a server on a loop of its own nothing is sent. */
    private Post post(Wiring wiring) {
        if (!wiring.hasVertx()) {
            return Post.NONE;
        }
        HttpPost post = new HttpPost(wiring.vertx());
        closers.add(post::close);
        return post;
    }

    private static void note(Map<String, String> where, String name, String endpoint) {
        if (!endpoint.isEmpty()) {
            where.put(name, endpoint);
        }
    }

    private static List<Measured> measured(Object... parts) {
        return Stream.of(parts)
                .filter(Measured.class::isInstance)
                .map(Measured.class::cast)
                .toList();
    }

    /** Of the API, which listens at this port. */
    private String address(int port) {
        String scheme = TlsFiles.of(settings.config()) == null ? "http://" : "https://";
        return scheme
                + HostAndPort.parse(HTTP_ADDRESS, String.valueOf(settings.httpAddress()))
                        .withPort(port);
    }

    /** What will listen, if anything is to; closed with the rest. */
    private Future<Optional<HttpApi>> http(
            Wiring wiring, ServerCore made, Discovery discovery, List<Measured> components) {
        String address = settings.httpAddress();
        if (address == null) {
            return Future.succeededFuture(Optional.empty());
        }
        HostAndPort at = HostAndPort.parse(HTTP_ADDRESS, address);
        Listening listening = new Listening(
                at.host(), at.port(), settings.isOn(KnitServerBuilder.TOKENS), TlsFiles.of(settings.config()));
        ClientRates rates = ClientRates.of(settings.config().get(HTTP_RATE));
        return Exposure.admit(
                        wiring.vertx(),
                        listening,
                        settings.isOn(KnitServerBuilder.INSECURE),
                        () -> discovery.self().map(self -> self.map(Peer::meshIp)))
                .compose(admitted -> HttpApi.make(
                        wiring.vertx(),
                        listening,
                        made,
                        components,
                        made.inside(),
                        made.images(),
                        rates,
                        made.meters()))
                .map(http -> {
                    closers.add(http::close);
                    return Optional.of(http);
                });
    }

    /** Stops listening and deciding; what runs on the nodes runs on. May be called more than once. */
    public Future<Void> close() {
        closing = true;
        // what the start waits for may never come once the rest is closed
        return closers.close().onComplete(done -> begun.tryFail(closedMeanwhile()));
    }

    /**
     * What listens or is used where, by name: {@code http} ({@code http://127.0.0.1:8080}), {@code transport}, {@code store}.
     * Empty before the start.
     */
    public Map<String, String> endpoints() {
        return endpoints;
    }

    private ServerCore core() {
        ServerCore present = core;
        if (present == null) {
            throw notStarted();
        }
        return present;
    }

    private static KnitException notStarted() {
        return new KnitException(ErrorCode.CLOSED, "the server is not started; call start() first");
    }

    private <T> Future<T> answered(Function<ServerCore, Future<T>> question) {
        ServerCore present = core;
        return present == null ? Future.failedFuture(notStarted()) : detached.of(question.apply(present));
    }

    @Override
    public <A> Future<A> run(Command<A> command, Caller caller) {
        return answered(core -> core.run(command, caller));
    }

    @Override
    public Future<Plan> plan(Command<?> command, Caller caller) {
        return answered(core -> core.plan(command, caller));
    }

    @Override
    public Future<Rendering> render(DeploymentSpec spec, @Nullable String node, Caller caller) {
        return answered(core -> core.render(spec, node, caller));
    }

    @Override
    public Future<Foretold> simulate(Scenario scenario, Caller caller) {
        return answered(core -> core.simulate(scenario, caller));
    }

    /**
     * The cluster as it stands, to which things only seem to happen from now on: what {@code Simulation} of the test kit begins with, which has words
     * for it. The server goes on, and hears nothing of it.
     */
    public Foresight foresight(Scenario.Pace pace) {
        return core().foresight(pace);
    }

    @Override
    public Future<String> incident(Caller caller) {
        return answered(core -> core.incident(caller));
    }

    @Override
    public Optional<Caller> callerBy(String token, String from) {
        return core().callerBy(token, from);
    }

    @Override
    public List<Token> tokens(Caller caller) {
        return core().tokens(caller);
    }

    @Override
    public List<Webhook> webhooks(Caller caller) {
        return core().webhooks(caller);
    }

    @Override
    public List<VolumeView> volumes(Caller caller) {
        return core().volumes(caller);
    }

    @Override
    public VolumeView volume(String deployment, String slot, String name, @Nullable String node, Caller caller) {
        return core().volume(deployment, slot, name, node, caller);
    }

    @Override
    public List<Value> values(Value.Kind kind, Caller caller) {
        return core().values(kind, caller);
    }

    @Override
    public Map<String, List<String>> readers(Value.Kind kind, Caller caller) {
        return core().readers(kind, caller);
    }

    @Override
    public Value value(Value.Kind kind, String name, Caller caller) {
        return core().value(kind, name, caller);
    }

    @Override
    public Future<Webhook.Tried> tryWebhook(String name, Caller caller) {
        return answered(core -> core.tryWebhook(name, caller));
    }

    @Override
    public Future<Path> backup(Caller caller) {
        return answered(core -> core.backup(caller));
    }

    @Override
    public ClusterSnapshot snapshot() {
        return core().snapshot();
    }

    @Override
    public Optional<DeploymentView> deployment(String name) {
        return core().deployment(name);
    }

    @Override
    public Settled settled(DeploymentView made) {
        return core().settled(made);
    }

    @Override
    public Optional<Node> node(String id) {
        return core().node(id);
    }

    @Override
    public Liveness liveness(String node) {
        return core().liveness(node);
    }

    @Override
    public List<RevisionView> revisions(String name) {
        return core().revisions(name);
    }

    @Override
    public List<Plan.FieldChange> diff(String name, int from, int to) {
        return core().diff(name, from, to);
    }

    @Override
    public Future<Explanation> explain(String name) {
        return answered(core -> core.explain(name));
    }

    @Override
    public Future<Explanation> explainInstance(String id) {
        return answered(core -> core.explainInstance(id));
    }

    @Override
    public Future<PastDeployment> deploymentAt(String name, Instant at) {
        return answered(core -> core.deploymentAt(name, at));
    }

    @Override
    public long lastEvent() {
        return core().lastEvent();
    }

    @Override
    public Future<List<HistoryEntry>> history(HistoryQuery query) {
        return answered(core -> core.history(query));
    }

    @Override
    public List<KnitEvent> eventsAfter(long afterSeq) {
        return core().eventsAfter(afterSeq);
    }

    /** Also before the end of the start, but after {@link #start} was called. */
    @Override
    public Registration listen(Consumer<KnitEvent> listener) {
        if (!started.get()) {
            throw notStarted();
        }
        return feed.add(listener);
    }

    @Override
    public boolean ready() {
        ServerCore present = core;
        return present != null && present.ready();
    }
}
