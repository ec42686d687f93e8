package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.client.Broker;
import io.knit.plugin.nats.broker.client.Connection;
import io.knit.plugin.nats.broker.monitor.Monitor;
import io.knit.plugin.nats.broker.tls.BrokerTls;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** How a broker ends: slowly, as a lame duck, or now. Thread-safe. */
final class Shutdown {
    /** How long clients may take to be sent what waits for them. */
    private static final long DELIVER_MILLIS = 2000;
    /** Then they have the farewell's time to close. */
    private static final long MOST_MILLIS = DELIVER_MILLIS + 1000;

    private static final long LOOK_MILLIS = 5;
    private static final long GROUP_SECONDS = 5;
    private static final long MOST_GRACE_MILLIS = 10_000;
    private static final long MOST_STEP_MILLIS = 1000;

    private final Channel server;
    private final Broker broker;
    private final EventLoopGroup group;
    private final @Nullable BrokerTls tls;
    private volatile @Nullable Monitor monitor;
    private final AtomicBoolean lame = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Promise<Void> closed = Promise.promise();

    Shutdown(Channel server, Broker broker, EventLoopGroup group, @Nullable BrokerTls tls) {
        this.server = server;
        this.broker = broker;
        this.group = group;
        this.tls = tls;
    }

    /** The event loops that end last. */
    EventLoopGroup loops() {
        return group;
    }

    /** Closes this, too, as the last. */
    void with(Monitor listening) {
        monitor = listening;
    }

    // ---- slowly

    /** Sees clients off within this time, then closes. */
    Future<Void> lameDuck(Duration time) {
        if (lame.compareAndSet(false, true) && !closing.get()) {
            server.close().addListener(freed -> {
                broker.becomeLameDuck();
                seeOff(group.next(), time.toMillis());
            });
        }
        return closed.future();
    }

    private void seeOff(EventExecutor timer, long millis) {
        long grace = Math.min(MOST_GRACE_MILLIS, millis / 4);
        timer.schedule(() -> disconnectOverTime(timer, millis - grace), grace, TimeUnit.MILLISECONDS);
        untilGone(timer, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), this::now);
    }

    // as nats-server: evenly, but never further apart than a second, each a bit at random, so that those who come back
    // elsewhere
    // do not all come at once
    private void disconnectOverTime(EventExecutor timer, long millis) {
        List<Connection> staying = List.copyOf(broker.connections());
        long step = Math.min(MOST_STEP_MILLIS, millis / Math.max(1, staying.size()));
        long at = 0;
        for (Connection connection : staying) {
            timer.schedule(
                    () -> connection.loop().execute(() -> connection.dismiss(DELIVER_MILLIS)),
                    at,
                    TimeUnit.MILLISECONDS);
            at += step / 2 + ThreadLocalRandom.current().nextLong(step / 2 + 1);
        }
    }

    // ---- now

    /** Closes; what was accepted from publishers is sent to those that read. */
    Future<Void> now() {
        if (closing.compareAndSet(false, true)) {
            server.close().addListener(freed -> onEveryLoop(Connection::stopListening, this::dismissAll));
        }
        return closed.future();
    }

    // only after every loop has stopped listening: then nothing is added any more to what waits for a client
    private void dismissAll() {
        onEveryLoop(connection -> connection.dismiss(DELIVER_MILLIS), () -> {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MOST_MILLIS);
            untilGone(group.next(), end, this::endThreads);
        });
    }

    private interface Step {
        void of(Connection connection);
    }

    private void onEveryLoop(Step step, Runnable then) {
        List<EventLoop> loops = new ArrayList<>();
        group.forEach(loop -> loops.add((EventLoop) loop));
        onLoops(loops, step, then);
    }

    private void onLoops(List<EventLoop> loops, Step step, Runnable then) {
        if (loops.isEmpty()) {
            then.run();
            return;
        }
        EventLoop loop = loops.get(0);
        loop.execute(() -> {
            broker.connections().stream()
                    .filter(connection -> connection.loop() == loop)
                    .forEach(step::of);
            onLoops(loops.subList(1, loops.size()), step, then);
        });
    }

    private void untilGone(EventExecutor timer, long end, Runnable then) {
        if (broker.connections().isEmpty() || System.nanoTime() - end > 0) {
            then.run();
        } else {
            timer.schedule(() -> untilGone(timer, end, then), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void endThreads() {
        group.shutdownGracefully(0, GROUP_SECONDS, TimeUnit.SECONDS).addListener(end -> {
            if (tls != null) {
                tls.close();
            }
            Monitor last = monitor;
            (last == null ? Future.<Void>succeededFuture() : last.close()).onComplete(closed);
        });
    }
}
