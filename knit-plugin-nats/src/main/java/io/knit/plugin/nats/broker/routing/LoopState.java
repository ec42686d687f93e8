package io.knit.plugin.nats.broker.routing;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each event loop owns once, whatever the number of its connections: the read buffer's copy that is parsed, the cache of
 * matches, and the list of outputs that this turn of the loop wrote to. Used on its own thread only.
 */
public final class LoopState {
    static final int SCRATCH = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(LoopState.class);

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
        if (touched.isEmpty()) {
            loop.execute(this::flush);
        }
        touched.add(outbound);
    }

    private void flush() {
        if (!pace.isDue(System.nanoTime())) {
            loop.execute(this::flush);
            return;
        }
        // by number, as a flush may add one; and whatever fails, the rest and all later turns go on
        for (int i = 0; i < touched.size(); i++) {
            try {
                touched.get(i).flushFrom(loop);
            } catch (RuntimeException e) {
                LOG.warn("A NATS client's output can't be flushed", e);
            }
        }
        touched.clear();
        pace.flushed(System.nanoTime());
    }
}
