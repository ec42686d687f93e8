package io.knit.plugin.nats.broker.routing;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What each event loop owns once, whatever the number of its connections: the read buffer's copy that is parsed, the cache of
 * matches, and the list of outputs that this turn of the loop wrote to. Used on its own thread only.
 */
public final class LoopState {
    static final int SCRATCH = 64 * 1024;

    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private final List<Outbound> touched = new ArrayList<>();
    private final FlushPace pace = new FlushPace();

    public final byte[] scratch = new byte[SCRATCH];
    public final Delivery delivery;

    public LoopState(EventLoop loop, Delivery delivery) {
        this(loop, delivery, System::nanoTime);
    }

    LoopState(EventLoop loop, Delivery delivery, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.delivery = delivery;
    }

    /** A connection's read filled its buffer: the next turn goes on with it. */
    public void moreComes() {
        pace.moreComes();
    }

    /** A client waits for what was just put into its output: all is flushed at the end of this turn. */
    void answered() {
        pace.answered();
    }

    /** Flushes at the end of this turn, or of the next while more comes ({@link FlushPace}): many messages, one system call. */
    void flushLater(Outbound outbound) {
        boolean first = touched.isEmpty();
        try {
            touched.add(outbound);
        } catch (Throwable e) {
            outbound.broken(e); // else it would count as touched for ever
            return;
        }
        if (first && !willFlush()) {
            flushAll();
        }
    }

    /** Has the loop flush next. It takes no task where memory is short, or once it ends: then this is flushed at once, as nobody would come back to it. */
    private boolean willFlush() {
        try {
            loop.execute(this::flush);
            return true;
        } catch (Throwable e) {
            return false;
        }
    }

    /**
     * The same with the next turn. A task that is put in now would still run in this one, as a turn goes on until no task is left; timers are looked
     * at once, before its tasks, and one that is due keeps the next turn from waiting for a socket.
     */
    private boolean willFlushNextTurn() {
        try {
            Future<?> unused = loop.schedule(this::flush, 0, TimeUnit.NANOSECONDS);
            return true;
        } catch (Throwable e) {
            return false;
        }
    }

    private void flush() {
        if (pace.isDue(nanoTime.getAsLong()) || !willFlushNextTurn()) {
            flushAll();
        }
    }

    private void flushAll() {
        try {
            // by number, as a flush may add one
            for (int i = 0; i < touched.size(); i++) {
                touched.get(i).flushFrom(loop);
            }
        } finally {
            touched.clear(); // whatever failed, the next one schedules a flush again
        }
        pace.flushed(nanoTime.getAsLong());
    }
}
