package io.knit.core.server.inside;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.LogLine;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.LogText;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.stream.AskingStreams;
import io.knit.core.wire.stream.GivingStreams;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who takes nothing of what an agent has for him is waited for, at the cost of a window; then he gets all of it. */
class SlowReaderTest {
    private static final LogRange ALL = new LogRange(false, null, null, false);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int SIZE = 8 * StreamEnd.WINDOW;

    private final EventQueue queue = new EventQueue(1);
    private final InMemoryBus bus = new InMemoryBus(new SimulatedLoop(queue));
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final AskingStreams streams =
            new AskingStreams(loop, bus.connect("server"), new SeededIds(new Random(1)), 10);

    SlowReaderTest() {
        loop.execute(streams::start);
    }

    @Test
    @DisplayName("of a file that is copied out")
    void bytes() {
        byte[] file = new byte[SIZE];
        new Random(1).nextBytes(file);
        Agent agent = new Agent("n1", file);
        Taker taker = new Taker();
        NodePipe pipe = new NodePipe(loop, taker);
        loop.execute(() -> pipe.open(streams, "n1", StreamRequest.ofFiles(StreamRequest.COPY_OUT, "a-1", "/x")));

        queue.runFor(Duration.ofMinutes(5));
        assertThat(taker.got.size()).isPositive();
        assertThat(taker.size()).isLessThanOrEqualTo(StreamEnd.WINDOW);
        assertThat(agent.sent).isLessThanOrEqualTo(StreamEnd.WINDOW);
        assertThat(taker.failure).isNull();

        // what he takes is what may come after it, and no more
        int before = taker.size();
        int taken = taker.take();
        queue.runFor(Duration.ofMinutes(5));
        assertThat(taker.size()).isBetween(before + 1, before + taken);

        while (!taker.ended) {
            assertThat(taker.take()).as("of %d bytes", taker.size()).isPositive();
            queue.runFor(Duration.ofSeconds(1));
        }
        assertThat(taker.all()).isEqualTo(file);
    }

    @Test
    @DisplayName("of the lines of one instance")
    void lines() {
        Agent agent = new Agent("n1", text("one", SIZE));
        Lines reader = new Lines();
        LogReading reading = new LogReading(loop, false, reader);
        loop.execute(() -> {
            ask(reading, "n1");
            reading.complete();
        });

        queue.runFor(Duration.ofMinutes(5));
        assertThat(reader.batches).as("given before the first was taken").isEqualTo(1);
        assertThat(agent.sent).isLessThanOrEqualTo(StreamEnd.WINDOW);
        assertThat(reader.failure).isNull();

        while (!reader.ended) {
            assertThat(reader.take()).as("after %d batches", reader.batches).isTrue();
            queue.runFor(Duration.ofSeconds(1));
        }
        assertThat(reader.text.toString()).isEqualTo(words("one", SIZE));
    }

    @Test
    @DisplayName(
            "of the lines of two, of which one has nothing yet: its turn may be first, so that the other's lines wait where they are")
    void oneIsWaitedFor() {
        Agent much = new Agent("n1", text("one", SIZE));
        Agent silent = new Agent("n2", null);
        Lines reader = new Lines();
        LogReading reading = new LogReading(loop, false, reader);
        loop.execute(() -> {
            ask(reading, "n1");
            ask(reading, "n2");
            reading.complete();
        });

        queue.runFor(Duration.ofMinutes(5));
        assertThat(reader.batches).isZero();
        assertThat(much.sent).isBetween(1, StreamEnd.WINDOW);

        silent.has(text("two", 3000));
        queue.runFor(Duration.ofSeconds(1));
        while (!reader.ended) {
            assertThat(reader.take()).as("after %d batches", reader.batches).isTrue();
            queue.runFor(Duration.ofSeconds(1));
        }
        assertThat(reader.text).contains("one 0\n", "two 0\n");
        assertThat(reader.text.length())
                .isEqualTo(words("one", SIZE).length() + words("two", 3000).length());
    }

    @Test
    @DisplayName("of fifty that are read at once, each has room for a line that is as long as they come")
    void theLongestLine() {
        // where a container writes no text, each of its bytes is replaced, which makes three
        String longest = "\uFFFD".repeat(16 * 1024);
        LogLine line = new LogLine(START.plusNanos(123_456_789), true, true, longest);
        Agent agent = new Agent("n1", LogText.bytes(line));
        Lines reader = new Lines();
        LogReading reading = new LogReading(loop, true, reader);
        loop.execute(() -> {
            ask(reading, "n1", InsideNodes.window(InsideNodes.MOST_INSTANCES));
            reading.complete();
        });

        queue.runFor(Duration.ofMinutes(1));
        assertThat(agent.sent).isPositive();
        assertThat(reader.text.toString()).isEqualTo(longest + "\n");
    }

    private void ask(LogReading reading, String node) {
        ask(reading, node, StreamEnd.WINDOW);
    }

    private void ask(LogReading reading, String node, int window) {
        LogReading.Source source = reading.add(node + "-instance");
        source.end = streams.ask(node, StreamRequest.ofLogs(node, ALL), window, source);
    }

    /** Lines as they are in a stream. */
    private static byte[] text(String word, int size) {
        StringBuilder all = new StringBuilder();
        List<String> lines = words(word, size).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            LogLine line = new LogLine(START.plusMillis(i), false, true, lines.get(i));
            all.append(new String(LogText.bytes(line), StandardCharsets.UTF_8));
        }
        return all.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What was written: so many bytes of a stream, about. */
    private static String words(String word, int size) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < size / 40; i++) {
            all.append(word).append(' ').append(i).append('\n');
        }
        return all.toString();
    }

    /** Sends what it has as fast as it may. */
    private final class Agent {
        private final SimulatedLoop own = new SimulatedLoop(queue);
        private final GivingStreams giving;
        private byte @Nullable [] has;

        @Nullable
        private StreamEnd to;

        /** All of it is under way, or was had. */
        int sent;

        Agent(String node, byte @Nullable [] has) {
            this.has = has;
            giving = new GivingStreams(own, bus.connect(node), node, (request, end) -> {
                to = end;
                own.execute(this::give);
                return new StreamListener() {
                    @Override
                    public void data(int channel, byte[] bytes) {}

                    @Override
                    public void ended(byte[] lastWord) {}

                    @Override
                    public void failed(KnitException why) {}
                };
            });
            own.execute(giving::start);
        }

        void has(byte[] more) {
            has = more;
            own.execute(this::give);
        }

        private void give() {
            StreamEnd end = to;
            byte[] all = has;
            if (end == null || all == null) {
                return;
            }
            if (sent == all.length) {
                end.end(new byte[0]);
                return;
            }
            int until = Math.min(all.length, sent + 10_000);
            end.write(0, Arrays.copyOfRange(all, sent, until)).onSuccess(done -> {
                sent = until;
                give();
            });
        }
    }

    /** Takes what it is given when it is told to. */
    private static final class Taker implements PipeReader {
        final List<byte[]> got = new ArrayList<>();
        private final Deque<Promise<Void>> untaken = new ArrayDeque<>();
        private int taken;
        boolean ended;

        @Nullable
        KnitException failure;

        int size() {
            return got.stream().mapToInt(piece -> piece.length).sum();
        }

        byte[] all() {
            byte[] all = new byte[size()];
            int at = 0;
            for (byte[] piece : got) {
                System.arraycopy(piece, 0, all, at, piece.length);
                at += piece.length;
            }
            return all;
        }

        /** All that it has. */
        int take() {
            int size = size() - taken;
            taken += size;
            List<Promise<Void>> all = List.copyOf(untaken);
            untaken.clear();
            all.forEach(Promise::complete);
            return size;
        }

        @Override
        public void begun() {}

        @Override
        public Future<Void> bytes(int channel, byte[] bytes) {
            got.add(bytes);
            Promise<Void> promise = Promise.promise();
            untaken.add(promise);
            return promise.future();
        }

        @Override
        public void ended(byte[] lastWord) {
            ended = true;
        }

        @Override
        public void failed(KnitException why) {
            failure = why;
        }
    }

    /** Takes a batch when it is told to. */
    private static final class Lines implements LineListener {
        final StringBuilder text = new StringBuilder();
        private @Nullable Promise<Void> untaken;
        int batches;
        boolean ended;

        @Nullable
        KnitException failure;

        boolean take() {
            Promise<Void> one = untaken;
            untaken = null;
            if (one != null) {
                one.complete();
            }
            return one != null;
        }

        @Override
        public void begun() {}

        @Override
        public Future<Void> lines(List<InstanceLine> lines) {
            assertThat(untaken).as("what was given before and not taken").isNull();
            batches++;
            for (InstanceLine each : lines) {
                LogLine line = each.line();
                text.append(line == null ? "(" + each.note() + ")" : line.text())
                        .append('\n');
            }
            Promise<Void> promise = Promise.promise();
            untaken = promise;
            return promise.future();
        }

        @Override
        public void ended() {
            ended = true;
        }

        @Override
        public void failed(KnitException why) {
            failure = why;
        }
    }
}
