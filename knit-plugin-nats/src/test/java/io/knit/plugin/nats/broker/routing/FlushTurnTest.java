package io.knit.plugin.nats.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.nats.broker.EmbeddedNats;
import io.knit.plugin.nats.broker.flow.MemoryGuard;
import io.knit.plugin.nats.broker.protocol.Publication;
import io.knit.testkit.Futures;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** In which turn of a loop of Netty's own, with its tasks and timers, goes out what a turn's reading brought. */
class FlushTurnTest {
    private static final byte[] PONG = bytes("PONG\r\n");

    /** Stands for the loop's sockets: each turn reads what the test says, and none after that. */
    private final class Sockets implements IoHandler {
        private final Semaphore woken = new Semaphore(0);

        @Override
        public int run(IoHandlerContext context) {
            turn++;
            if (turn < reads.size()) {
                reads.get(turn).run();
            } else if (context.canBlock()) {
                rests.countDown();
                woken.acquireUninterruptibly();
            }
            return 0;
        }

        @Override
        public void wakeup() {
            woken.release();
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new UnsupportedOperationException("no socket is real here");
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return false;
        }
    }

    /** The turns in which something was written. */
    private final class Wire extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            writes.add(turn);
        }
    }

    // the loop's only
    private int turn = -1;
    private long now;

    private final EmbeddedNats nats = Futures.await(EmbeddedNats.builder().start());
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, executor -> new Sockets());
    private final EventLoop loop = group.next();
    private final LoopState state =
            new LoopState(loop, new Delivery(new SubjectTrie(), 4096, new SplittableRandom(1)), () -> now);
    private final OutboundTest.Shown channel = new OutboundTest.Shown();
    private final CountDownLatch rests = new CountDownLatch(1);
    private final Queue<Integer> writes = new ConcurrentLinkedQueue<>();
    private List<Runnable> reads = List.of();
    private final Outbound outbound;

    FlushTurnTest() {
        channel.pipeline().addLast(new Wire());
        channel.shown = loop;
        outbound = new Outbound(
                channel,
                nats.settings(),
                new MemoryGuard(Long.MAX_VALUE, Set.of(), new DefaultEventLoop()),
                (why, words) -> {});
        channel.shown = null;
    }

    @AfterEach
    void close() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        channel.finishAndReleaseAll();
        Futures.await(nats.close());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A message for the client is among what was read. */
    private void message() {
        Publication message = new Publication();
        message.array = bytes("x\r\n");
        message.length = 1;
        byte[] head = bytes("MSG s 1 1\r\n");
        Subscription subscription = new Subscription(new OutboundTest.Nobody(outbound), "s", null, "1");
        assertThat(outbound.deliver(subscription, head, head.length, message, 0, state))
                .isEqualTo(Outbound.Taken.YES);
    }

    private void messageAndMore() {
        state.moreComes();
        message();
    }

    private List<Integer> turnsOfWrites(Runnable... read) throws InterruptedException {
        reads = List.of(read);
        loop.execute(() -> {}); // it begins
        assertThat(rests.await(60, TimeUnit.SECONDS)).isTrue();
        return List.copyOf(writes);
    }

    @Test
    @DisplayName("what a turn wrote goes out at its end")
    void atOnce() throws Exception {
        assertThat(turnsOfWrites(this::message, () -> {}, this::message)).containsExactly(0, 2);
    }

    @Test
    @DisplayName("while more comes it waits for the next turn, and goes out with that one's")
    void waits() throws Exception {
        assertThat(turnsOfWrites(this::message, this::messageAndMore, this::messageAndMore, this::message))
                .containsExactly(0, 3);
    }

    @Test
    @DisplayName("if the next turn finds nothing it goes out then, and the loop does not rest before it")
    void nothingMore() throws Exception {
        assertThat(turnsOfWrites(this::message, this::messageAndMore)).containsExactly(0, 2);
    }

    @Test
    @DisplayName("it waits a tenth of a millisecond at most, and not where a client waits for an answer")
    void notForLong() throws Exception {
        assertThat(turnsOfWrites(
                        this::message,
                        this::messageAndMore,
                        () -> {
                            messageAndMore();
                            now += FlushPace.LONGEST_NANOS;
                        },
                        this::messageAndMore,
                        () -> {
                            messageAndMore();
                            outbound.append(PONG, state);
                        }))
                .containsExactly(0, 2, 4);
    }
}
