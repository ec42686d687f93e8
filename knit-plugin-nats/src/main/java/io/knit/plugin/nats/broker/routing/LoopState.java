package io.knit.plugin.nats.broker.routing;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * What each event loop owns once, whatever the number of its connections: the read buffer's copy that is parsed, the cache of
 * matches, and the list of outputs that this turn of the loop wrote to. Used on its own thread only.
 */
public final class LoopState {
    static final int SCRATCH = 64 * 1024;

    private final EventLoop loop;
    private final List<Outbound> touched = new ArrayList<>();
    private final FlushPace pace = new FlushPace();

    public final byte[] scratch = new byte[SCRATCH];
    public final Delivery delivery;

    public LoopState(EventLoop loop, Delivery delivery) {
        this.loop = loop;
        this.delivery = delivery;
    }

    /** A connection's read filled its buffer: the next turn goes on with it. */
    public void moreComes() {
        pace.moreComes();
    }

    /** Flushes at the end of this turn what a client waits for. */
    void flushSoon(Outbound outbound) {
        pace.answered();
        flushLater(outbound);
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

    private void flush() {
        if (pace.isDue(System.nanoTime()) || !willFlush()) {
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
        pace.flushed(System.nanoTime());
    }
}
