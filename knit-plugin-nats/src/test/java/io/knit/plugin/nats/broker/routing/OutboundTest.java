package io.knit.plugin.nats.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.plugin.nats.broker.EmbeddedNats;
import io.knit.plugin.nats.broker.flow.MemoryGuard;
import io.knit.plugin.nats.broker.protocol.Departure;
import io.knit.plugin.nats.broker.protocol.Publication;
import io.knit.plugin.nats.broker.settings.BrokerSettings;
import io.knit.testkit.Futures;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of one connection, and of the others, where memory or a loop is not to be had. */
class OutboundTest {
    private static final String BIG = "x".repeat(2000);

    /** Gives so many buffers, then none. */
    private static final class Scarce extends AbstractByteBufAllocator {
        private int left = Integer.MAX_VALUE;
        private final List<ByteBuf> given = new ArrayList<>();

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (left-- <= 0) {
                throw new OutOfMemoryError("direct memory, says the test");
            }
            ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
            given.add(buffer);
            return buffer;
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }

        boolean hasAllBack() {
            return given.stream().allMatch(buffer -> buffer.refCnt() == 0);
        }
    }

    /** Runs what it took when it is told to; takes nothing while it balks. */
    private static final class ByHand extends DefaultEventLoop {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean balks;

        @Override
        public void execute(Runnable task) {
            if (balks) {
                throw new OutOfMemoryError("heap, says the test");
            }
            tasks.add(task);
        }

        void turn() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }
    }

    /** Shows another event loop than its own, which would take every task. */
    static final class Shown extends EmbeddedChannel {
        @Nullable
        EventLoop shown;

        @Override
        public EventLoop eventLoop() {
            EventLoop present = shown;
            return present == null ? super.eventLoop() : present;
        }
    }

    /** A connection whose bytes are seen. */
    private static final class Client {
        final Scarce memory = new Scarce();
        final ByHand own = new ByHand();
        final Shown channel = new Shown();
        final List<String> ends = new ArrayList<>();
        final Outbound outbound;

        Client(BrokerSettings settings, MemoryGuard guard) {
            channel.config().setAllocator(memory);
            channel.shown = own;
            outbound = new Outbound(channel, settings, guard, (why, words) -> ends.add(why + ": " + words));
            channel.shown = null;
        }

        String got() {
            own.turn();
            StringBuilder all = new StringBuilder();
            for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
                all.append(each.toString(StandardCharsets.ISO_8859_1));
                each.release();
            }
            return all.toString();
        }
    }

    private final EmbeddedNats nats = Futures.await(EmbeddedNats.builder().start());
    private final BrokerSettings settings = nats.settings();
    private final EventLoop timer = new DefaultEventLoop();
    private final MemoryGuard guard = new MemoryGuard(Long.MAX_VALUE, Set.of(), timer);
    private final ByHand loop = new ByHand();
    private final LoopState turn = new LoopState(loop, new Delivery(new SubjectTrie(), 4096, new SplittableRandom(1)));
    private final Client one = new Client(settings, guard);
    private final Client other = new Client(settings, guard);

    @AfterEach
    void close() {
        one.outbound.close();
        other.outbound.close();
        one.channel.finishAndReleaseAll();
        other.channel.finishAndReleaseAll();
        Futures.await(nats.close());
    }

    private Outbound.Taken deliver(Client to, String head, String payload) {
        Publication message = new Publication();
        message.array = (payload + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        message.length = payload.length();
        return deliver(to, head, message);
    }

    private Outbound.Taken deliver(Client to, String head, Publication message) {
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        return to.outbound.deliver(
                new Subscription(new Nobody(to.outbound), "s", null, "1"), bytes, bytes.length, message, 0, turn);
    }

    record Nobody(Outbound outbound) implements Subscriber {
        @Override
        public long id() {
            return 1;
        }

        @Override
        public boolean wantsEcho() {
            return true;
        }

        @Override
        public boolean wantsHeaders() {
            return true;
        }

        @Override
        public boolean wantsNoResponders() {
            return true;
        }

        @Override
        public void asked(Publication request) {}

        @Override
        public void ended(Subscription subscription) {}

        @Override
        public void easeOff(Outbound subscriber) {}
    }

    @Test
    @DisplayName(
            "memory that is not to be had for half a message ends its connection alone, and nothing follows the half")
    void halfAMessage() {
        one.memory.left = 1; // a chunk of 512 bytes: the head and a part of the payload
        assertThat(deliver(one, "MSG s 1 2000\r\n", BIG)).isEqualTo(Outbound.Taken.NO);
        assertThat(deliver(other, "MSG s 1 2000\r\n", BIG)).isEqualTo(Outbound.Taken.YES);
        one.memory.left = Integer.MAX_VALUE;
        deliver(one, "MSG s 1 2\r\n", "ok");
        one.outbound.append("PONG\r\n".getBytes(StandardCharsets.ISO_8859_1), turn);
        loop.turn();
        assertThat(one.got()).isEmpty();
        assertThat(other.got()).isEqualTo("MSG s 1 2000\r\n" + BIG + "\r\n");
        assertThat(one.ends).singleElement().asString().startsWith(Departure.WRITE_ERROR + ": ");
        assertThat(one.outbound.pending()).isZero();
        assertThat(one.memory.hasAllBack()).isTrue();
        assertThat(other.ends).isEmpty();
    }

    @Test
    @DisplayName("the same where the payload is one that many share, which the others keep")
    void halfASharedMessage() {
        Publication message = new Publication();
        message.shared = Unpooled.copiedBuffer(BIG + "\r\n", StandardCharsets.ISO_8859_1);
        message.length = BIG.length();
        one.memory.left = 0;
        assertThat(deliver(one, "MSG s 1 2000\r\n", message)).isEqualTo(Outbound.Taken.NO);
        assertThat(deliver(other, "MSG s 1 2000\r\n", message)).isEqualTo(Outbound.Taken.YES);
        loop.turn();
        assertThat(other.got()).isEqualTo("MSG s 1 2000\r\n" + BIG + "\r\n");
        assertThat(one.ends).hasSize(1);
        assertThat(message.shared.release()).as("nobody holds it any more").isTrue();
    }

    @Test
    @DisplayName("an answer of the broker's own that can't be kept ends its connection, too")
    void ownWords() {
        one.memory.left = 0;
        one.outbound.append("PONG\r\n".getBytes(StandardCharsets.ISO_8859_1), turn);
        loop.turn();
        assertThat(one.got()).isEmpty();
        assertThat(one.ends).hasSize(1);
    }

    @Test
    @DisplayName("what fails on the way out ends its connection; the loop flushes the others, and the next turns' too")
    void failingFlush() {
        one.own.balks = true;
        deliver(one, "MSG s 1 2\r\n", "ok");
        deliver(other, "MSG s 1 2\r\n", "ok");
        loop.turn();
        assertThat(other.got()).isEqualTo("MSG s 1 2\r\nok\r\n");
        assertThat(one.ends).singleElement().asString().startsWith(Departure.WRITE_ERROR + ": ");
        assertThat(one.outbound.pending()).isZero();
        assertThat(one.memory.hasAllBack()).isTrue();
        deliver(other, "MSG s 1 2\r\n", "on");
        loop.turn();
        assertThat(other.got()).isEqualTo("MSG s 1 2\r\non\r\n");
    }

    @Test
    @DisplayName(
            "publishers are to wait for whom much waits, but not for one that brakes nobody, which is dropped at its limit")
    void crowded() {
        one.outbound.limit(10_000, false);
        other.outbound.limit(10_000, true);
        for (int i = 0; i < 4; i++) {
            assertThat(deliver(one, "MSG s 1 2000\r\n", BIG)).isEqualTo(Outbound.Taken.YES);
            assertThat(deliver(other, "MSG s 1 2000\r\n", BIG)).isEqualTo(Outbound.Taken.AND_CROWDED);
        }
        assertThat(one.ends).isEmpty();
        deliver(one, "MSG s 1 2000\r\n", BIG);
        assertThat(one.ends).containsExactly(Departure.SLOW_PENDING + ": it reads too slowly");
    }

    @Test
    @DisplayName("a loop that takes no task for a moment is flushed all the same, then and later")
    void balkingLoop() {
        loop.balks = true;
        deliver(one, "MSG s 1 2\r\n", "ok");
        assertThat(one.got()).isEqualTo("MSG s 1 2\r\nok\r\n");
        loop.balks = false;
        deliver(one, "MSG s 1 2\r\n", "on");
        deliver(other, "MSG s 1 2\r\n", "on");
        loop.turn();
        assertThat(one.got()).isEqualTo("MSG s 1 2\r\non\r\n");
        assertThat(other.got()).isEqualTo("MSG s 1 2\r\non\r\n");
    }
}
