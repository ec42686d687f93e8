package io.knit.testkit.sim.host;

import io.knit.api.ServerTiming;
import io.knit.api.error.KnitException;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.spi.discovery.Discovery;
import io.knit.core.KnitServer;
import io.knit.core.loop.Pulse;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.sim.host.SimulatedHost.World;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryTransport;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A disk, which stays, and a server on it, which comes and goes. */
public final class SimulatedServer {
    public static final String NAME = "server";
    /** Of its secrets, so that it makes none on a disk; 32 zero bytes. */
    public static final String KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private static final Duration AFTER_FAILED_START = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(10);
    /** A failed commit is tried again within this, also by a loop that is busy. */
    private static final Duration FAILS_AGAIN = Duration.ofSeconds(3);

    private final World world;
    private final InMemoryStorage storage = new InMemoryStorage();
    private Duration clockError;
    private final boolean holdsBroker;
    private Runnable onKill = () -> {};
    private Supplier<Duration> costs = () -> Duration.ZERO;
    private @Nullable Process process;
    private boolean wasReady;
    private final @Nullable Discovery mesh;
    private boolean standsStill;
    private Instant stands = Instant.MIN;
    private Instant listens = Instant.MIN;
    private Instant started = Instant.MIN;
    private Instant well = Instant.MIN;
    private Instant failing = Instant.MIN;
    private Instant failed = Instant.MIN;

    private record Process(SimulatedLoop loop, InMemoryTransport transport, InMemoryStore store, KnitServer server) {}

    /**
     * @param holdsBroker whether the broker runs in the server's process, and so dies with it
     * @param mesh as its host sees it; null: that is on none
     */
    public SimulatedServer(World world, Duration clockError, boolean holdsBroker, @Nullable Discovery mesh) {
        this.world = world;
        this.mesh = mesh;
        this.holdsBroker = holdsBroker;
        this.clockError = clockError;
        storage.onCrash(this::crash);
    }

    public InMemoryStorage storage() {
        return storage;
    }

    /** Called after each end of the process. */
    public void onKill(Runnable listener) {
        onKill = listener;
    }

    boolean up() {
        return process != null;
    }

    /** The running server, while there is one that was ready once; also while its store or its broker fails: users ask it then, too. */
    public Optional<KnitServer> running() {
        Process present = process;
        if (present == null) {
            return Optional.empty();
        }
        wasReady |= present.server().ready();
        return wasReady ? Optional.of(present.server()) : Optional.empty();
    }

    public Optional<ClusterSnapshot> snapshot() {
        Process present = process;
        if (present == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(present.server().snapshot());
        } catch (KnitException stillStarting) {
            return Optional.empty();
        }
    }

    /** Gives the command to the running process; the answer is heard only while that lives. */
    public <T> void command(
            Function<KnitServer, Future<T>> command, BiConsumer<@Nullable T, @Nullable Throwable> answer) {
        Process asked = process;
        if (asked == null) {
            return;
        }
        command.apply(asked.server()).onComplete(result -> {
            if (process == asked) {
                answer.accept(result.result(), result.cause());
            }
        });
    }

    public void start() {
        if (process != null) {
            return;
        }
        world.trace().add(NAME, "starts");
        SimulatedLoop loop = new SimulatedLoop(world.queue(), world.queue().newRandom(), clockError);
        loop.slow(this::cost);
        standsStill = false;
        listens = world.queue().now();
        started = listens;
        well = listens;
        InMemoryStore store = InMemoryStore.open(storage, loop).result();
        if (store == null) {
            throw new IllegalStateException("the last server still holds the storage");
        }
        if (holdsBroker) {
            world.bus().start();
        }
        InMemoryTransport transport = world.bus().connect(NAME);
        KnitServer server = KnitServer.builder()
                .withoutHttp()
                .config("secrets-key", KEY)
                .timing(ServerTiming.DEFAULT)
                .loop(loop)
                .ids(world.ids())
                .store(store)
                .transport(transport)
                .discovery(mesh == null ? FixedDiscovery.none() : mesh)
                .build();
        Process started = new Process(loop, transport, store, server);
        process = started;
        wasReady = false;
        Future<KnitServer> starting = server.start();
        server.listen(event -> world.trace().add(NAME, "event " + event.type() + " " + event.message()));
        starting.onFailure(e -> {
            if (process == started) {
                world.trace().add(NAME, "could not start: " + e);
                kill();
                world.queue().after(AFTER_FAILED_START, this::start);
            }
        });
    }

    /** As {@code kill -STOP}. */
    public void pause() {
        if (process != null) {
            world.trace().add(NAME, "stands still");
            process.loop().pause();
            stands = standsStill ? stands : world.queue().now();
            standsStill = true;
        }
    }

    /** As {@code kill -CONT}. */
    public void resume() {
        if (process != null) {
            world.trace().add(NAME, "goes on");
            process.loop().resume();
            if (standsStill) {
                standsStill = false;
                well = world.queue().now();
                // less than that nobody notices
                listens = Duration.between(stands, well).compareTo(Pulse.LEAST) > 0 ? well : listens;
            }
        }
    }

    /** Each task of its loop takes so long from now on, also in servers started later. */
    public void slow(Supplier<Duration> costs) {
        this.costs = costs;
    }

    private Duration cost() {
        Duration cost = costs.get();
        if (!cost.isZero()) {
            well = world.queue().now().plus(cost);
        }
        return cost;
    }

    /** A commit of it fails now. */
    public void fails() {
        Instant now = world.queue().now();
        failing = failed.isBefore(now.minus(FAILS_AGAIN)) ? now : failing;
        failed = now;
        well = now;
    }

    /** Since when one commit after the other fails; now, if the last one did not. A commit whose outcome is unknown is repeated meanwhile, and nothing is decided. */
    public Instant failsSince() {
        Instant now = world.queue().now();
        return failed.isBefore(now.minus(FAILS_AGAIN)) ? now : failing;
    }

    /** When its process was started, or went on after it had stood still. */
    public Instant listensSince() {
        return listens;
    }

    /** When its process was started. */
    public Instant startedSince() {
        return started;
    }

    /** When something last held it up: a start, a standstill, a task that took time, a store that failed. */
    public Instant wellSince() {
        return standsStill ? world.queue().now() : well;
    }

    /** As {@code kill -TERM}, and {@code -9} for one that takes too long; it is started again so long after its end. */
    public void stop(Duration away) {
        Process asked = process;
        if (asked == null) {
            return;
        }
        world.trace().add(NAME, "is asked to stop");
        Runnable end = () -> {
            if (process == asked) {
                kill();
                world.queue().after(away, this::start);
            }
        };
        asked.server().close().onComplete(closed -> end.run());
        world.queue().after(GRACE, end);
    }

    /** How far its host's clock is ahead of the world's. */
    public Duration clockError() {
        return clockError;
    }

    /** Sets its host's clock, so far ahead of the world's; it stays so, also for servers started later. */
    public void setClock(Duration ahead) {
        world.trace().add(NAME, "clock is set to " + ahead);
        clockError = ahead;
        if (process != null) {
            process.loop().setClock(ahead);
        }
    }

    private void crash() {
        kill();
        world.queue().after(AFTER_FAILED_START, this::start);
    }

    /** As {@code kill -9}. */
    public void kill() {
        Process killed = process;
        if (killed == null) {
            return;
        }
        world.trace().add(NAME, "is killed");
        process = null;
        killed.loop().kill();
        killed.store().kill();
        killed.transport().close();
        if (holdsBroker) {
            world.bus().stop();
        }
        onKill.run();
    }
}
