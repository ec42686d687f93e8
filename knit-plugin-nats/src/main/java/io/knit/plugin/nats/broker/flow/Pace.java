package io.knit.plugin.nats.broker.flow;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds how many operations a second one client is served: who asks for more is not read until its turn comes, so that it waits in its
 * own socket and nobody is sent away. What was not used for a while may be used at once, up to a second's worth. On the connection's loop.
 */
public final class Pace {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Reading reading;
    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private long nanosEach; // 0: any number
    private int asked;
    /** Until when the operations so far last at the pace that is allowed. */
    private long lasts;

    public Pace(Reading reading, EventLoop loop, LongSupplier nanoTime) {
        this.reading = reading;
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.lasts = nanoTime.getAsLong();
    }

    /** @param operations a second; 0 for any number */
    public void limit(long operations) {
        nanosEach = operations == 0 ? 0 : Math.max(1, SECOND / operations);
    }

    /** The client asked for one. */
    public void count() {
        asked++;
    }

    /** To be called when what came is done. */
    public void settle() {
        int more = asked;
        asked = 0;
        if (nanosEach == 0 || more == 0) {
            return;
        }
        long now = nanoTime.getAsLong();
        lasts = (lasts - now < 0 ? now : lasts) + more * nanosEach;
        long ahead = lasts - now - SECOND;
        if (ahead > 0) {
            reading.pause(Reading.Reason.PACE);
            Future<?> unused = loop.schedule(() -> reading.resume(Reading.Reason.PACE), ahead, TimeUnit.NANOSECONDS);
        }
    }
}
