package io.knit.core;

import io.knit.api.KnitVersion;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Durations;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.Role;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.transport.Transport;
import io.knit.core.agent.AgentCore;
import io.knit.core.agent.AgentParts;
import io.knit.core.agent.disk.DataDir;
import io.knit.core.agent.dns.DnsSockets;
import io.knit.core.agent.dns.NetSockets;
import io.knit.core.agent.health.NetConnections;
import io.knit.core.agent.health.NoConnections;
import io.knit.core.agent.pull.HostLogins;
import io.knit.core.agent.pull.Logins;
import io.knit.core.agent.relay.NetRelay;
import io.knit.core.agent.relay.RelaySockets;
import io.knit.core.agent.render.HostMemory;
import io.knit.core.agent.session.NodeNames;
import io.knit.core.template.TemplateEngine;
import io.knit.core.wiring.Closers;
import io.knit.core.wiring.HostName;
import io.knit.core.wiring.Wiring;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Knit agent in this JVM: it does on its host what the server decided. Several may live in one JVM, each with a data
 * folder of its own. Thread-safe.
 */
public final class KnitAgent {
    private static final Logger LOG = LoggerFactory.getLogger(KnitAgent.class);
    private static final int RANDOM_END = 6;

    /** Key of the setting. */
    static final String REGISTRY_CONFIG = "registry-config";

    /** Key of the setting. */
    static final String KEEP_IMAGES = "keep-images";

    private static final Duration A_DAY = Duration.ofHours(24);

    private final KnitAgentSettings settings;
    private final Closers closers = new Closers();
    private final AtomicBoolean started = new AtomicBoolean();
    private final Promise<KnitAgent> begun = Promise.promise();
    private volatile boolean closing;
    private volatile String complaint = "";
    private final Promise<Void> joined = Promise.promise();
    private final Promise<Void> ended = Promise.promise();
    private volatile @Nullable AgentCore core;
    private volatile Map<String, String> endpoints = Map.of();

    KnitAgent(KnitAgentSettings settings) {
        this.settings = settings;
    }

    public static KnitAgentBuilder builder() {
        return new KnitAgentBuilder();
    }

    /** What it was built with. */
    public KnitAgentSettings settings() {
        return settings;
    }

    /**
     * Takes up the work of its last run and begins to look for the server; succeeds without waiting for it. Once only; a
     * failed start gives back all it took, and so does one that {@link #close} ends. A new agent whose disk is full waits for room, and
     * is not started until then.
     */
    public Future<KnitAgent> start() {
        if (!started.compareAndSet(false, true)) {
            return Future.failedFuture(new IllegalStateException("this agent was started before; build another"));
        }
        if (closing) {
            return Future.failedFuture(closedMeanwhile());
        }
        Wiring wiring = new Wiring(
                closers, settings.config(), settings.plugins(), settings.vertx(), settings.loop(), Role.AGENT);
        IdSource ids = Wiring.ids(settings.ids());
        room(wiring)
                .compose(room -> nodeName(wiring, ids))
                .compose(name -> connect(wiring, ids, name))
                .recover(e -> closers.close().transform(nothing -> Future.failedFuture(e)))
                .onComplete(this::begun);
        return begun.future();
    }

    private void begun(AsyncResult<KnitAgent> start) {
        if (closing) {
            begun.tryFail(closedMeanwhile());
        } else if (start.succeeded()) {
            begun.tryComplete(this);
        } else {
            begun.tryFail(start.cause());
        }
    }

    private static KnitException closedMeanwhile() {
        return new KnitException(ErrorCode.CLOSED, "the agent was closed before it had started; build another");
    }

    /** Waits until a new agent can keep who it is: its transport may want to, too. */
    private Future<Void> room(Wiring wiring) {
        Loop loop = wiring.loop();
        return loop.<Void>blocking(() -> {
                    DataDir.requireRoom(settings.dataDir());
                    return null;
                })
                .recover(why -> {
                    if (!DataDir.mayHeal(why) || closing) {
                        // who needs the room says what is wrong with it
                        return Future.succeededFuture();
                    }
                    complain("the data folder " + settings.dataDir() + " can't be written", why);
                    return later(wiring, () -> room(wiring));
                });
    }

    /** It may have a key of this agent to keep, on a disk that has filled up since {@link #room} looked. */
    private Future<Transport> transport(Wiring wiring, Supplier<PluginContext> context) {
        return wiring.part(Transport.class, "transport", settings.transport(), context)
                .recover(why -> {
                    // a plugin's failure comes with its name before it
                    Throwable cause = why.getCause() == null ? why : why.getCause();
                    if (!DataDir.mayHeal(cause) || closing) {
                        return Future.failedFuture(why);
                    }
                    complain("what speaks with the server can't begin", why);
                    return later(wiring, () -> transport(wiring, context));
                });
    }

    private <T> Future<T> later(Wiring wiring, Supplier<Future<T>> again) {
        Promise<Void> later = Promise.promise();
        wiring.loop().after(settings.timing().heartbeat(), later::complete);
        return later.future().compose(then -> closing ? Future.failedFuture(closedMeanwhile()) : again.get());
    }

    private void complain(String what, Throwable why) {
        if (!what.equals(complaint)) {
            complaint = what;
            LOG.warn(
                    "{}, so this agent can't join; it tries again every {} s: {}",
                    what,
                    settings.timing().heartbeat().toSeconds(),
                    why.toString());
        }
    }

    private String hostname() {
        return Objects.requireNonNullElseGet(settings.hostname(), HostName::ofThisHost);
    }

    /** The node's id, known before anything is made for it: a transport tells it to its far side. */
    private Future<String> nodeName(Wiring wiring, IdSource ids) {
        return wiring.loop().blocking(() -> {
            String kept = DataDir.nodeOf(settings.dataDir());
            // checked before any transport puts it into a subject
            String wished = settings.nodeId() != null ? DataDir.requireNodeId(settings.nodeId()) : kept;
            return wished != null ? wished : NodeNames.of(hostname(), ids.next(RANDOM_END));
        });
    }

    private Future<KnitAgent> connect(Wiring wiring, IdSource ids, String name) {
        Supplier<PluginContext> context = () -> wiring.context(Role.AGENT, name, settings.dataDir());
        return wiring.part(ContainerRuntime.class, "runtime", settings.runtime(), context)
                .compose(runtime -> transport(wiring, context)
                        .compose(transport -> wiring.discovery(settings.discovery(), context)
                                .compose(discovery -> run(new AgentParts(
                                        name,
                                        settings.labels(),
                                        settings.dataDir(),
                                        settings.timing(),
                                        wiring.loop(),
                                        wiring.streams(),
                                        ids,
                                        transport,
                                        runtime,
                                        discovery,
                                        new TemplateEngine()::render,
                                        HostMemory.of(settings.dataDir()),
                                        logins(wiring.loop()),
                                        keepImages(),
                                        wiring.hasVertx() ? new NetConnections(wiring.vertx()) : new NoConnections(),
                                        wiring.hasVertx() ? new NetSockets(wiring.vertx()) : DnsSockets.NONE,
                                        relay(wiring),
                                        KnitVersion.current(),
                                        hostname(),
                                        settings.gpus(),
                                        settings.reserve(),
                                        settings.allow(),
                                        settings.containerSubnets())))));
    }

    private RelaySockets relay(Wiring wiring) {
        if (!wiring.hasVertx()) {
            return RelaySockets.NONE;
        }
        RelaySockets sockets = new NetRelay();
        closers.add(sockets::close);
        return sockets;
    }

    private Logins logins(Loop loop) {
        String file = settings.config().get(REGISTRY_CONFIG);
        return file == null || file.isEmpty() ? Logins.NONE : new HostLogins(loop, Path.of(file));
    }

    private Duration keepImages() {
        String given = settings.config().get(KEEP_IMAGES);
        return given == null || given.isEmpty()
                ? A_DAY
                : Durations.parseOrZero(KEEP_IMAGES, given, "to keep them for ever");
    }

    private Future<KnitAgent> run(AgentParts parts) {
        AgentCore made = new AgentCore(parts);
        core = made;
        // a close meanwhile may have completed them
        made.joined().onSuccess(joined::tryComplete).onFailure(joined::tryFail);
        made.ended().onSuccess(ended::tryComplete).onFailure(ended::tryFail);
        closers.add(made::close);
        Map<String, String> where = new LinkedHashMap<>();
        where.put("transport", parts.transport().endpoint());
        where.put("runtime", parts.runtime().endpoint());
        where.values().removeIf(String::isEmpty);
        endpoints = Collections.unmodifiableMap(where);
        return made.start().map(this);
    }

    /** The node's id; empty before the start. */
    public String nodeId() {
        AgentCore present = core;
        return present == null ? Objects.requireNonNullElse(settings.nodeId(), "") : present.nodeId();
    }

    /** What is used where, by name: {@code transport} ({@code nats://10.54.0.1:4222}), {@code runtime}. Empty before the start. */
    public Map<String, String> endpoints() {
        return endpoints;
    }

    /** Succeeds when the server first answered; fails if it refused this agent. */
    public Future<Void> joined() {
        return joined.future();
    }

    /** Fails when the server refuses this agent ({@code NODE_ID_TAKEN}, {@code WRONG_CLUSTER}); succeeds when it is closed. */
    public Future<Void> ended() {
        return ended.future();
    }

    /** Stops speaking and doing; containers run on. May be called more than once. */
    public Future<Void> close() {
        closing = true;
        return closers.close().onComplete(done -> {
            // what the start waits for may never come once the rest is closed
            begun.tryFail(closedMeanwhile());
            joined.tryFail(new KnitException(ErrorCode.CLOSED, "the agent was closed before the server answered"));
            ended.tryComplete();
        });
    }
}
