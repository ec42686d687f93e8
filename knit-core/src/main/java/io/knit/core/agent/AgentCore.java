package io.knit.core.agent;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.disk.DataDir;
import io.knit.core.agent.session.NodeNames;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An agent's life: opens its data folder, works until it is closed or refused, gives the folder back. Thread-safe. */
public final class AgentCore {
    private static final Logger LOG = LoggerFactory.getLogger(AgentCore.class);
    private static final Duration MOST_TO_LAND = Duration.ofSeconds(5);

    private final AgentParts parts;
    private final Loop loop;
    private final Promise<Void> joined = Promise.promise();
    private final Promise<Void> ended = Promise.promise();
    private final Promise<Void> closed = Promise.promise();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile String nodeId;
    private volatile @Nullable AgentWork work;
    private boolean opening;
    private boolean complained;

    public AgentCore(AgentParts parts) {
        this.parts = parts;
        this.loop = parts.loop();
        this.nodeId = Objects.requireNonNullElse(parts.nodeId(), "");
    }

    /**
     * Locks the data folder, takes up the work of the last run and begins to look for the server; succeeds without waiting for
     * it. Once only. Fails with {@code IN_USE}, {@code NODE_ID_TAKEN} or {@code INVALID_CONFIGURATION}, and then holds nothing. Where there is
     * no room for a new agent's data folder it waits for some.
     */
    public Future<Void> start() {
        if (!started.compareAndSet(false, true)) {
            return Future.failedFuture(closedError("an agent starts only once"));
        }
        Promise<Void> begun = Promise.promise();
        loop.execute(() -> open(begun));
        return begun.future();
    }

    /** The node's id; before the start the one from the settings, or empty. */
    public String nodeId() {
        return nodeId;
    }

    /** Succeeds when the server first answered; fails if it refused this agent. */
    public Future<Void> joined() {
        return joined.future();
    }

    /** Fails when the server refuses this agent; succeeds when it is closed. */
    public Future<Void> ended() {
        return ended.future();
    }

    /** How many messages could not be used so far. */
    public long droppedMessages() {
        AgentWork present = work;
        return present == null ? 0 : present.droppedMessages();
    }

    /** Stops speaking and doing, gives the data folder back; containers run on. May be called more than once. */
    public Future<Void> close() {
        if (closing.compareAndSet(false, true)) {
            loop.execute(() -> {
                if (!opening) {
                    finish();
                }
            });
        }
        return closed.future();
    }

    private void open(Promise<Void> begun) {
        if (closing.get()) {
            begun.fail(closedError("the agent was closed before it started"));
            return;
        }
        opening = true;
        String fresh = NodeNames.of(parts.hostname(), parts.ids().next(6));
        AgentIdentity identity =
                new AgentIdentity(fresh, parts.ids().next(24), null, loop.now().toEpochMilli());
        String chance = parts.ids().next(50);
        loop.blocking(() -> AgentHome.open(parts.dataDir(), parts.nodeId(), identity, chance))
                .onComplete(result -> {
                    opening = false;
                    Throwable disk = result.failed() ? result.cause().getCause() : null;
                    if (disk != null && DataDir.mayHeal(disk)) {
                        openLater(disk, begun);
                    } else if (result.failed()) {
                        begun.fail(result.cause());
                    } else {
                        begin(result.result(), begun);
                    }
                    if (closing.get()) {
                        finish();
                    }
                });
    }

    /** Without its folder it can't be anybody; a disk that is full has room again some time. */
    private void openLater(Throwable disk, Promise<Void> begun) {
        if (!complained) {
            complained = true;
            LOG.warn(
                    "the data folder {} can't be written, so this agent can't join; it tries again every {} s: {}",
                    parts.dataDir(),
                    parts.timing().heartbeat().toSeconds(),
                    disk.toString());
        }
        loop.after(parts.timing().heartbeat(), () -> open(begun));
    }

    private void begin(AgentHome home, Promise<Void> begun) {
        nodeId = home.identity().node();
        AgentWork mine = new AgentWork(parts, home, () -> joined.tryComplete(), this::refused);
        work = mine;
        if (closing.get()) {
            begun.fail(closedError("the agent was closed while it started"));
        } else {
            mine.start();
            begun.complete();
        }
    }

    private void refused(KnitException why) {
        joined.tryFail(why);
        ended.tryFail(why);
    }

    private void finish() {
        joined.tryFail(closedError("the agent was closed before the server answered"));
        AgentWork present = work;
        if (present == null) {
            finished();
            return;
        }
        Promise<Void> landed = Promise.promise();
        present.stop().onComplete(done -> landed.tryComplete());
        loop.after(MOST_TO_LAND, landed::tryComplete);
        landed.future()
                .compose(done -> loop.blocking(() -> {
                    present.home().dataDir().unlock();
                    return null;
                }))
                .onComplete(done -> finished());
    }

    private void finished() {
        ended.tryComplete();
        closed.tryComplete();
    }

    private static KnitException closedError(String words) {
        return new KnitException(ErrorCode.CLOSED, words);
    }
}
