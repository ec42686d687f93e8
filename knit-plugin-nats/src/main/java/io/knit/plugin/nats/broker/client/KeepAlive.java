package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.protocol.Line;
import io.knit.plugin.nats.broker.protocol.Violation;
import io.knit.plugin.nats.broker.settings.BrokerSettings;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sees whether a client is alive: pings one that was silent for the interval, and sends away one that left too many pings
 * unanswered. On the connection's loop.
 */
final class KeepAlive {
    private static final byte[] PING = Line.of("PING\r\n");

    private final Connection connection;
    private final EventLoop loop;
    private final long interval;
    private final int maxPingsOut;

    private boolean heard;
    private int pingsOut;
    private long pingSent;
    private @Nullable ScheduledFuture<?> timer;

    KeepAlive(Connection connection, EventLoop loop, BrokerSettings options) {
        this.connection = connection;
        this.loop = loop;
        this.interval = options.pingInterval().toNanos();
        this.maxPingsOut = options.maxPingsOut();
    }

    void start() {
        timer = loop.scheduleWithFixedDelay(this::check, interval, interval, TimeUnit.NANOSECONDS);
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Bytes came. */
    void heard() {
        heard = true;
    }

    /** A ping was answered. */
    void ponged() {
        if (pingsOut > 0) {
            connection.watch().ponged(pingSent);
        }
        pingsOut = 0;
    }

    private void check() {
        boolean silent = !heard;
        heard = false;
        if (!silent) {
            return;
        }
        if (pingsOut >= maxPingsOut) {
            connection.violation(Violation.STALE);
        } else {
            pingsOut++;
            pingSent = System.nanoTime();
            connection.send(PING);
        }
    }
}
