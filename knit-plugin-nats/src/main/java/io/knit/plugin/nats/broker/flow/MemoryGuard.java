package io.knit.plugin.nats.broker.flow;

import io.knit.plugin.nats.broker.protocol.Departure;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what all connections together make the broker hold: many slow readers that each stay below their own limit, or many
 * clients that announce a large payload and never send its end, or that subscribe without end. When too much is held, the client for whom most is held is
 * dropped, then the next, until it is little enough; none that is spared. From any thread.
 */
public final class MemoryGuard {
    private static final long PAUSE_MILLIS = 5;

    // the broker's own, so that its figure tells of the broker alone
    private final AdaptiveByteBufAllocator allocator = new AdaptiveByteBufAllocator(true);
    private final AtomicLong heap = new AtomicLong();
    private final long most;
    private final Set<? extends Guarded> connections;
    private final AtomicBoolean relieving = new AtomicBoolean();
    private final EventExecutor timer;

    public MemoryGuard(long most, Set<? extends Guarded> connections, EventExecutor timer) {
        this.timer = timer;
        this.most = most;
        this.connections = connections;
    }

    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** Bytes that buffers take, freed ones that are kept for use again included. */
    public long used() {
        return allocator.usedDirectMemory();
    }

    /** So many bytes of heap are taken for a client, or given back if it is less than 0. */
    public void heap(long bytes) {
        heap.addAndGet(bytes);
    }

    /** To be called after something was set aside for a connection, in steps of some kilobytes, and outside of all locks. */
    public void check() {
        if (used() + heap.get() > most && relieving.compareAndSet(false, true)) {
            boolean dropped = relieve();
            Future<?> unused = timer.schedule(() -> checkAgain(dropped), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    // a dropped client's memory comes back a little later, on its own loop
    private void checkAgain(boolean dropped) {
        relieving.set(false);
        if (dropped) {
            check();
        }
    }

    // the allocator keeps freed memory for a while, so it alone does not tell that connections hold too much
    private boolean relieve() {
        long all = 0;
        long heaviest = 0;
        Guarded worst = null;
        for (Guarded each : connections) {
            // what is held for one that stays is bounded by its own limit; others can't make good for it
            long burden = each.isSpared() ? 0 : each.burden();
            all += burden;
            if (burden > heaviest) {
                heaviest = burden;
                worst = each;
            }
        }
        if (worst == null || all <= most / 2) {
            return false;
        }
        worst.drop(
                worst.subscriptionCost() > heaviest / 2 ? Departure.SUBSCRIPTIONS : Departure.SLOW_PENDING,
                "more is held for all clients together than " + most + " bytes, and for it the most");
        return true;
    }
}
