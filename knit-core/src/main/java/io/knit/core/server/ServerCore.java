package io.knit.core.server;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.Loop;
import io.knit.api.spi.PeerConnections;
import io.knit.api.spi.TransportMessage;
import io.knit.core.server.control.ControlLoop;
import io.knit.core.server.discovery.MeshWatch;
import io.knit.core.server.dispatch.AssignmentBook;
import io.knit.core.server.dispatch.Dispatcher;
import io.knit.core.server.events.EventFeed;
import io.knit.core.server.intake.HeartbeatIntake;
import io.knit.core.server.intake.NodeWatch;
import io.knit.core.server.intake.StatusIntake;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.EventLog;
import io.knit.core.server.state.StateCodec;
import io.knit.core.server.state.StateWriter;
import io.knit.core.wire.Inbox;
import io.knit.core.wire.Subjects;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the packages of the server together over its parts; it closes none of them. Thread-safe. */
public final class ServerCore implements Orchestrator {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCore.class);
    private static final int CLUSTER_ID = 12;

    private final ServerParts parts;
    private final Loop loop;
    private final ControlLoop control;
    private final Inbox inbox = new Inbox();
    private final EventFeed feed = new EventFeed();
    private volatile @Nullable Running running;
    private volatile boolean connected;
    private volatile boolean subscribed;
    private Loop.@Nullable Timer retry;
    private boolean ended;
    private @Nullable Instant retryAt;

    public ServerCore(ServerParts parts) {
        this.parts = parts;
        this.loop = parts.loop();
        this.control = new ControlLoop(parts.ids(), this::remind);
    }

    /** What is there once the state is loaded. */
    private record Running(StateWriter writer, MeshWatch mesh, NodeWatch watch) {}

    /** Loads the state and begins to listen to agents. */
    public Future<Void> start() {
        return loop.bring(parts.store().load())
                .compose(documents -> {
                    StateCodec.Loaded loaded = StateCodec.load(documents);
                    return loaded != null ? Future.succeededFuture(loaded) : found();
                })
                .compose(this::begin);
    }

    private Future<StateCodec.Loaded> found() {
        String cluster = parts.ids().next(CLUSTER_ID);
        return loop.bring(parts.store().commit(StateCodec.founding(cluster)))
                .map(new StateCodec.Loaded(ClusterState.empty(cluster), new EventLog(List.of(), 0)));
    }

    private Future<Void> begin(StateCodec.Loaded loaded) {
        if (ended) {
            return Future.failedFuture(notRunning());
        }
        StateWriter writer = new StateWriter(loop, parts.store(), loaded.state(), loaded.events(), control);
        MeshWatch mesh = new MeshWatch(loop, parts.discovery(), parts.timing().discoveryInterval());
        NodeWatch watch = new NodeWatch(loop, parts.timing(), writer, mesh);
        AssignmentBook book = new AssignmentBook();
        Dispatcher dispatcher = new Dispatcher(parts.transport(), writer, book);
        HeartbeatIntake heartbeats = new HeartbeatIntake(loop, writer, watch, book, inbox);
        StatusIntake statuses = new StatusIntake(loop, writer, inbox);
        writer.onCommit(dispatcher::announce);
        writer.onCommit(commit -> feed.publish(commit.events()));
        parts.transport().onConnection(up -> connected = up);
        if (parts.transport() instanceof PeerConnections peers) {
            peers.onPeer((name, open) -> loop.execute(() -> watch.connection(name, open)));
        }
        running = new Running(writer, mesh, watch);
        // not waited for: an outside broker may be away for a while, and the API answers meanwhile
        Future.join(
                        subscribe(Subjects.HEARTBEAT, heartbeats::take),
                        subscribe(Subjects.STATUS, statuses::take),
                        subscribe(Subjects.ASSIGNMENTS, message -> dispatcher.answer(message, inbox)))
                .onSuccess(all -> subscribed = true)
                .onFailure(e -> {
                    if (running != null) {
                        LOG.error("The server can't listen to agents: {}; start it again", e.getMessage());
                    }
                });
        mesh.start();
        watch.start();
        // what waited when the last run ended is looked at anew
        writer.wakeController();
        return Future.succeededFuture();
    }

    private Future<Void> subscribe(String subject, Consumer<TransportMessage> handler) {
        return loop.bring(parts.transport()
                        .subscribe(
                                subject,
                                message -> loop.execute(() -> {
                                    if (running != null) {
                                        handler.accept(message);
                                    }
                                })))
                .mapEmpty();
    }

    /** Sees to it that instances which must wait a while are tried again then. */
    private void remind(Instant next) {
        if (next.equals(retryAt)) {
            return;
        }
        if (retry != null) {
            retry.cancel();
        }
        retryAt = next;
        Duration wait = Duration.between(loop.now(), next);
        retry = loop.after(wait.isNegative() ? Duration.ZERO : wait, () -> {
            retryAt = null;
            Running present = running;
            if (present != null) {
                present.writer().wakeController();
            }
        });
    }

    /** Stops deciding; what runs on the nodes runs on. */
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        loop.execute(() -> {
            ended = true;
            Running last = running;
            running = null;
            if (retry != null) {
                retry.cancel();
            }
            if (last != null) {
                last.writer().close();
                last.mesh().close();
                last.watch().close();
            }
            closed.complete();
        });
        return closed.future();
    }

    @Override
    public Future<DeploymentView> deploy(DeploymentSpec spec) {
        Objects.requireNonNull(spec, "spec");
        return loop.blocking(() -> parts.admission().apply(spec))
                .compose(admitted ->
                        command(writer -> writer.submit(tip -> DeploymentCommands.deploy(tip, admitted, loop.now()))
                                .map(made -> view(writer, made))));
    }

    @Override
    public Future<DeploymentView> undeploy(String name) {
        Objects.requireNonNull(name, "name");
        return command(writer -> writer.submit(tip -> DeploymentCommands.undeploy(tip, name, loop.now()))
                .map(before -> view(writer, before)));
    }

    /** As committed; what is gone by the same commit is shown as deleting. */
    private static DeploymentView view(StateWriter writer, Deployment known) {
        ClusterState state = writer.committed();
        Deployment present = state.deployment(known.name());
        return present == null
                ? Views.deployment(known.asDeleting(), List.of())
                : Views.deployment(present, state.instancesOf(present.name()));
    }

    private Future<DeploymentView> command(java.util.function.Function<StateWriter, Future<DeploymentView>> command) {
        Promise<DeploymentView> answer = Promise.promise();
        loop.execute(() -> {
            Running present = running;
            if (present == null) {
                answer.fail(notRunning());
            } else {
                command.apply(present.writer()).onComplete(answer);
            }
        });
        return answer.future();
    }

    private static KnitException notRunning() {
        return new KnitException(ErrorCode.CLOSED, "the server is not started, or closed");
    }

    @Override
    public ClusterSnapshot snapshot() {
        Running present = running;
        if (present == null) {
            throw notRunning();
        }
        return Views.cluster(present.writer().committed(), present.mesh().peers());
    }

    @Override
    public List<KnitEvent> eventsAfter(long afterSeq) {
        Running present = running;
        return present == null ? List.of() : present.writer().eventsAfter(afterSeq);
    }

    @Override
    public Registration listen(Consumer<KnitEvent> listener) {
        return feed.add(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public boolean ready() {
        return running != null && connected && subscribed;
    }
}
