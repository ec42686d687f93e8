package io.knit.plugin.nats.broker.routing;

import io.knit.plugin.nats.broker.flow.MemoryGuard;
import io.knit.plugin.nats.broker.flow.Traffic;
import io.knit.plugin.nats.broker.flow.WriteDeadline;
import io.knit.plugin.nats.broker.protocol.Departure;
import io.knit.plugin.nats.broker.protocol.Publication;
import io.knit.plugin.nats.broker.settings.BrokerSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a connection has still to send. Any loop appends, under the lock; the connection's own loop takes it all and
 * writes. Small messages are copied into chunks, large payloads are shared with the other subscribers.
 *
 * <p>Three marks keep memory bounded. Over the <em>crowded</em> mark publishers are asked to pause for a moment, unless
 * the connection's user has a limit of its own, by which nobody else is held up; over the
 * limit the connection is too slow and dropped; and what does not move for the write deadline is dropped too.
 *
 * <p>Whatever fails here, memory that is not to be had among it, ends this connection alone: the others' messages and those who publish know
 * nothing of it, and after half a message nothing is sent.
 */
public final class Outbound {
    /** Whether a subscription took a message. */
    enum Taken {
        NO,
        YES,
        /** Yes, but so much waits for this client that publishers should ease off. */
        AND_CROWDED
    }

    private static final Logger LOG = LoggerFactory.getLogger(Outbound.class);
    private static final int FIRST_CHUNK = 512;
    private static final int LAST_CHUNK = 64 * 1024;

    private final Channel channel;
    private final EventLoop loop;
    private volatile long limit;
    private volatile boolean brakes = true;
    private final MemoryGuard memory;
    private final BiConsumer<Departure, String> dropped;
    private final WriteDeadline deadline;

    // guarded by this
    private ArrayDeque<ByteBuf> queue = new ArrayDeque<>(2);
    private @Nullable ByteBuf tail;
    private int chunk = FIRST_CHUNK;
    private long queued;
    private long inFlight; // handed to the channel; as of the last look
    private long inHand; // of that: on the way to the channel
    private boolean flushDue;
    private boolean grown; // since the guard looked
    private boolean closed;
    private final Set<PublisherBrake> waiting = new LinkedHashSet<>(0);
    private final Traffic delivered = new Traffic(); // read without the lock

    // the connection's own loop only
    private ArrayDeque<ByteBuf> writing = new ArrayDeque<>(2);

    private volatile long handedOver; // written on the own loop
    private volatile long stuckAt = -1;

    /** @param dropped told, from any loop, why the connection can't stay; nothing more is sent on it */
    public Outbound(
            Channel channel, BrokerSettings options, MemoryGuard memory, BiConsumer<Departure, String> dropped) {
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.limit = options.maxPending();
        this.memory = memory;
        this.dropped = dropped;
        this.deadline = new WriteDeadline(
                channel, this::sent, options.writeDeadline().toNanos(), () -> tooSlow(Departure.SLOW_WRITE));
    }

    private void tooSlow(Departure why) {
        dropped.accept(why, "it reads too slowly");
    }

    /**
     * So many bytes may wait from now on.
     *
     * @param brakesOthers whether publishers wait for this client before it is dropped
     */
    public void limit(long bytes, boolean brakesOthers) {
        limit = bytes;
        brakes = brakesOthers;
    }

    /** Whether publishers wait for this client before it is dropped. */
    public boolean brakesOthers() {
        return brakes;
    }

    private long crowded() {
        return limit / 8;
    }

    /** Bytes that left so far, roughly: enough to tell whether anything moves. */
    long sent() {
        return handedOver - left();
    }

    /**
     * Bytes that the channel has and the system has not taken yet: as of now, also while one large payload leaves little by little, which counts
     * whole until its last byte has left. That part is a plain field of the own loop's; read after the volatile sum, it is from another loop
     * at most late, so that too much is said to be left for a moment.
     */
    private long left() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer == null) {
            return 0;
        }
        long all = buffer.totalPendingWriteBytes();
        return Math.max(0, all - buffer.currentProgress());
    }

    /** The messages that were put here for the client. From any thread. */
    public Traffic delivered() {
        return delivered;
    }

    /** How many messages one of this connection's subscriptions got. */
    public synchronized long delivered(Subscription subscription) {
        return subscription.delivered();
    }

    /** Whether nothing has left since somebody found that nothing leaves. */
    boolean isStuck() {
        return stuckAt == sent();
    }

    void stuckAt(long sentThen) {
        stuckAt = sentThen;
    }

    /** Bytes that have still to be sent. */
    public synchronized long pending() {
        return waits();
    }

    // the lock is held; looks anew only if it matters
    private long waits() {
        if (queued + inFlight > crowded() / 2) {
            inFlight = Math.min(inFlight, inHand + left());
        }
        return queued + inFlight;
    }

    /** Whether so much waits that publishers should ease off. */
    synchronized boolean isCrowded() {
        return !closed && waits() > crowded();
    }

    /** Appends a protocol line of the broker's own. */
    public void append(byte[] bytes, LoopState from) {
        boolean due;
        boolean over;
        Throwable failed = null;
        synchronized (this) {
            if (closed) {
                return;
            }
            over = waits() + bytes.length > limit;
            if (!over) {
                try {
                    copy(bytes, 0, bytes.length);
                } catch (Throwable e) {
                    failed = e;
                    discard();
                }
            }
            due = !over && becomesDue();
        }
        if (failed != null) {
            broken(failed);
        } else if (over) {
            tooSlow(Departure.SLOW_PENDING);
        } else {
            from.answered(); // also where messages wait for it already
            if (due) {
                from.flushLater(this);
            }
        }
    }

    /**
     * Appends a message for one subscription.
     *
     * @param head the line before the payload
     * @param skip bytes of the payload to leave out at its beginning
     */
    Taken deliver(
            Subscription subscription, byte[] head, int headLength, Publication message, int skip, LoopState from) {
        boolean due;
        boolean over;
        boolean full;
        boolean grew;
        Throwable failed = null;
        synchronized (this) {
            if (closed || !subscription.take()) {
                return Taken.NO;
            }
            over = waits() + headLength + message.length > limit;
            if (!over) {
                try {
                    copy(head, 0, headLength);
                    payload(message, skip);
                    delivered.count(message.length - skip);
                } catch (Throwable e) {
                    failed = e;
                    discard();
                }
            }
            due = !over && becomesDue();
            full = waits() > crowded() && brakes;
            grew = grown;
            grown = false;
        }
        if (failed != null) {
            broken(failed);
            return Taken.NO;
        }
        if (over) {
            tooSlow(Departure.SLOW_PENDING);
            return Taken.NO;
        }
        if (due) {
            from.flushLater(this);
        }
        if (grew) {
            memory.check();
        }
        return full ? Taken.AND_CROWDED : Taken.YES;
    }

    /** Changes how many deliveries a subscription of this connection wants; gives whether it has got them all. */
    public synchronized boolean limit(Subscription subscription, long most) {
        subscription.limit(most);
        return subscription.ended();
    }

    // the lock is held in the private methods up to the next comment

    private boolean becomesDue() {
        boolean due = !flushDue;
        flushDue = true;
        return due;
    }

    private void payload(Publication message, int skip) {
        int length = message.length - skip + 2;
        ByteBuf shared = message.shared;
        if (shared == null) {
            copy(message.array, message.arrayStart + skip, length);
            return;
        }
        seal();
        chunk = FIRST_CHUNK;
        queue.add(shared.retainedSlice(skip, length));
        queued += length;
    }

    private void copy(byte[] bytes, int start, int length) {
        int position = start;
        int left = length;
        while (left > 0) {
            ByteBuf into = tail();
            int count = Math.min(left, into.writableBytes());
            into.writeBytes(bytes, position, count);
            position += count;
            left -= count;
            if (!into.isWritable()) {
                seal();
            }
        }
        queued += length;
    }

    private ByteBuf tail() {
        ByteBuf present = tail;
        if (present == null) {
            present = channel.alloc().directBuffer(chunk, chunk);
            tail = present;
            grown = true;
            chunk = Math.min(LAST_CHUNK, chunk * 4);
        }
        return present;
    }

    private void seal() {
        if (tail != null) {
            queue.add(tail);
            tail = null;
        }
    }

    /** Nothing is taken or sent any more: what waits may end with half a message. */
    private void discard() {
        closed = true;
        if (tail != null) {
            tail.release();
            tail = null;
        }
        queue.forEach(ByteBuf::release);
        queue.clear();
        queued = 0;
    }

    // from here on: without the lock

    /** It can't go on. Throws nothing, whatever is short. */
    void broken(Throwable why) {
        try {
            close();
            dropped.accept(Departure.WRITE_ERROR, "what it gets can't be kept or sent: " + why);
        } catch (Throwable e) {
            LOG.warn(
                    "A NATS client's connection can't be ended; it gets nothing more, and goes when it is found stale",
                    e);
        }
    }

    /** Flushes, from whichever loop. Throws nothing. */
    void flushFrom(EventLoop current) {
        if (current == loop) {
            flush();
            return;
        }
        try {
            loop.execute(this::flush);
        } catch (Throwable e) {
            broken(e);
        }
    }

    /**
     * Hands everything to the channel. If that has enough already, waits until it is {@link #drained}. On the own loop. Throws nothing.
     */
    public void flush() {
        try {
            handOver();
        } catch (Throwable e) {
            writing.forEach(ByteBuf::release);
            writing.clear();
            broken(e);
        }
    }

    private void handOver() {
        if (!channel.isWritable()) {
            deadline.watch();
            return;
        }
        long taken = take();
        for (ByteBuf buffer = writing.poll(); buffer != null; buffer = writing.poll()) {
            ChannelFuture unused = channel.write(buffer, channel.voidPromise()); // a failure closes the channel
        }
        long whole = handedOver + taken;
        handedOver = whole;
        channel.flush();
        settle();
    }

    private synchronized long take() {
        flushDue = false;
        if (queued == 0) {
            chunk = FIRST_CHUNK;
            return 0;
        }
        boolean little = queue.isEmpty() && queued <= FIRST_CHUNK * 2;
        seal();
        ArrayDeque<ByteBuf> empty = writing;
        writing = queue;
        queue = empty;
        long taken = queued;
        inFlight += taken;
        inHand = taken;
        queued = 0;
        if (little) {
            chunk = FIRST_CHUNK;
        }
        return taken;
    }

    /** The channel's own buffer moved: takes note and flushes what came meanwhile. On the own loop. */
    public void drained() {
        settle();
        boolean due;
        synchronized (this) {
            due = flushDue;
        }
        if (due) {
            flush();
        }
    }

    private void settle() {
        long left = left();
        List<PublisherBrake> resumed = List.of();
        synchronized (this) {
            inFlight = left;
            inHand = 0;
            if (!waiting.isEmpty() && queued + inFlight <= crowded() / 2) {
                resumed = List.copyOf(waiting);
                waiting.clear();
            }
        }
        resumed.forEach(PublisherBrake::roomy);
    }

    /** Whether a publisher should pause; if so, it hears once there is room or the output is closed. */
    synchronized boolean whenRoomy(PublisherBrake brake) {
        if (closed || waits() <= crowded()) {
            return false;
        }
        waiting.add(brake);
        return true;
    }

    /** Gives everything back; nothing is sent any more. */
    public void close() {
        List<PublisherBrake> resumed;
        synchronized (this) {
            discard();
            resumed = List.copyOf(waiting);
            waiting.clear();
        }
        resumed.forEach(PublisherBrake::roomy);
    }
}
