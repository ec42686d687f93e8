package io.knit.core.wire.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.transport.InMemoryBus;
import io.knit.testkit.transport.InMemoryTransport;
import io.knit.testkit.transport.Network;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Streams over a network that loses, doubles and reorders, with agents, brokers and readers that stop: what is read is what was written, in
 * order and once, a reader never has more to keep than he allowed, and whatever ends, ends in words and in time. Who is cut off goes on.
 */
class StreamSimulationTest {
    private static final Duration IN_TIME = StreamEnd.SILENCE.plus(StreamEnd.BEAT.multipliedBy(2));

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 200, 300})
    @DisplayName("a reader who asks again from where it broke off reads all of it, whatever happens on the way")
    void allIsRead(int first) {
        for (int seed = first; seed < first + 25; seed++) {
            World world = new World(seed);
            world.bad();
            world.run();
            assertThat(world.read.toByteArray()).as("seed %d", seed).isEqualTo(world.written);
            assertThat(world.isOver()).as("seed %d", seed).isTrue();
        }
    }

    @Test
    @DisplayName("in good weather it is read in one go")
    void oneGo() {
        World world = new World(1);
        world.run();
        assertThat(world.asked).isEqualTo(1);
        assertThat(world.giving.count() + world.asking.count()).isZero();
    }

    @Test
    @DisplayName("an agent that dies is noticed, and so is a server")
    void whoDiesIsNoticed() {
        World agentDies = new World(2);
        agentDies.slow = true;
        agentDies.begin();
        agentDies.queue.runFor(Duration.ofSeconds(1));
        agentDies.again = false;
        agentDies.killAgent();
        agentDies.queue.runFor(IN_TIME);
        assertThat(agentDies.words()).contains("broke off", "10 s");
        assertThat(agentDies.asking.count()).isZero();

        World serverDies = new World(3);
        serverDies.slow = true;
        serverDies.begin();
        serverDies.queue.runFor(Duration.ofSeconds(1));
        assertThat(serverDies.giving.count()).isEqualTo(1);
        serverDies.serverLoop.kill();
        serverDies.serverSide.close();
        serverDies.queue.runFor(IN_TIME);
        assertThat(serverDies.giving.count()).as("what the agent still gives").isZero();
    }

    @Test
    @DisplayName("who does not read keeps a window at most, and costs its giver no more either")
    void slowReaders() {
        World world = new World(4);
        world.stopped = true;
        world.begin();
        world.queue.runFor(Duration.ofMinutes(5));
        assertThat(world.read.size()).isBetween(1, StreamEnd.WINDOW);
        assertThat(world.isOver())
                .as("both ends live, so there is no reason to end it")
                .isFalse();
        world.stopped = false;
        world.catchUp();
        world.run();
        assertThat(world.read.toByteArray()).isEqualTo(world.written);
        assertThat(world.asked).isEqualTo(1);
    }

    @Test
    @DisplayName("an agent that sends more than it may is cut off")
    void tooMuch() {
        World world = new World(5);
        world.stopped = true;
        world.again = false;
        world.begin();
        world.queue.runFor(Duration.ofSeconds(1));
        String up = Subjects.streamUp("n1", world.lastId);
        for (int i = 0; i < 20; i++) {
            world.agentSide.publish(
                    up, new StreamFrame(StreamFrame.Kind.DATA, 0, 8 + i, new byte[StreamEnd.PIECE]).bytes());
        }
        world.queue.runFor(Duration.ofSeconds(1));
        assertThat(world.failure).isNotNull();
        assertThat(world.read.size()).isLessThanOrEqualTo(StreamEnd.WINDOW);
    }

    @Test
    @DisplayName("that the server has sent all is known to the agent though the word of it is lost, and is known once")
    void theEndOfInput() {
        World world = new World(7);
        world.stopped = true;
        world.begin();
        world.queue.runFor(Duration.ofSeconds(1));
        world.network.weather(1, 0, 0);
        world.serverLoop.execute(() -> world.present().end(new byte[0]));
        world.queue.runFor(Duration.ofMillis(100));
        assertThat(world.endsOfInput).isZero();
        world.network.weather(0, 0, 0);
        world.queue.runFor(StreamEnd.BEAT.multipliedBy(3));
        assertThat(world.endsOfInput).isEqualTo(1);
        assertThat(world.isOver()).isFalse();
    }

    @Test
    @DisplayName("another agent can't speak in a node's stream")
    void anotherAgent() {
        World world = new World(6);
        world.slow = true;
        world.begin();
        world.queue.runFor(Duration.ofMillis(100));
        InMemoryTransport stranger = world.bus.connect("n2");
        stranger.publish(
                Subjects.streamUp("n2", world.lastId),
                new StreamFrame(StreamFrame.Kind.END, 0, 0, new byte[0]).bytes());
        world.queue.runFor(Duration.ofSeconds(1));
        assertThat(world.isOver()).isFalse();
    }

    @Test
    @DisplayName(
            "what an agent does not have it refuses in words, and one that is not there is not waited for without end")
    void refusals() {
        World world = new World(7);
        world.again = false;
        world.refusal = new KnitException(ErrorCode.NOT_FOUND, "there is no such thing");
        world.begin();
        world.queue.runFor(Duration.ofSeconds(1));
        assertThat(world.failure).hasMessage("there is no such thing");
        assertThat(world.code()).isEqualTo(ErrorCode.NOT_FOUND);

        World alone = new World(8);
        alone.again = false;
        alone.killAgent();
        alone.begin();
        alone.queue.runFor(IN_TIME);
        assertThat(alone.words()).contains("the agent did not answer for 10 s");
    }

    @Test
    @DisplayName("a stopped server and a stopped agent say so")
    void stopping() {
        World server = new World(9);
        server.again = false;
        server.slow = true;
        server.begin();
        server.queue.runFor(Duration.ofSeconds(1));
        server.serverLoop.execute(server.asking::close);
        server.queue.runFor(Duration.ofSeconds(1));
        assertThat(server.failure).hasMessage("the server was stopped");
        assertThat(server.giving.count()).isZero();

        World agent = new World(10);
        agent.again = false;
        agent.slow = true;
        agent.begin();
        agent.queue.runFor(Duration.ofSeconds(1));
        agent.agentLoop.execute(agent.giving::close);
        agent.queue.runFor(Duration.ofSeconds(1));
        assertThat(agent.failure).hasMessage("the agent on n1 was stopped");
    }

    /** A server, an agent that has some bytes, and a reader. */
    private final class World {
        final EventQueue queue;
        final SplittableRandom random;
        final OrderedNetwork network;
        final InMemoryBus bus;
        final SimulatedLoop serverLoop;
        final InMemoryTransport serverSide;
        final AskingStreams asking;
        final byte[] written;
        final ByteArrayOutputStream read = new ByteArrayOutputStream();

        SimulatedLoop agentLoop;
        InMemoryTransport agentSide;
        GivingStreams giving;

        @Nullable
        StreamEnd end;

        int asked;
        int unread;
        int endsOfInput;
        boolean slow;
        boolean stopped;
        boolean again = true;
        String lastId = "";

        @Nullable
        KnitException failure;

        @Nullable
        KnitException refusal;

        World(int seed) {
            queue = new EventQueue(seed);
            random = queue.newRandom();
            network = new OrderedNetwork(queue, queue.newRandom());
            bus = new InMemoryBus(new SimulatedLoop(queue), network);
            serverLoop = new SimulatedLoop(queue);
            serverSide = bus.connect("server");
            SeededIds ids = new SeededIds(new Random(seed));
            asking = new AskingStreams(serverLoop, serverSide, length -> lastId = ids.next(length), 10);
            written = new byte[random.nextInt(3 * StreamEnd.WINDOW) + StreamEnd.WINDOW];
            new Random(seed).nextBytes(written);
            serverLoop.execute(asking::start);
            startAgent();
            queue.runFor(Duration.ofSeconds(1));
        }

        void bad() {
            network.weather(random.nextDouble() * 0.03, random.nextDouble() * 0.1, random.nextDouble() * 0.02);
            slow = random.nextBoolean();
            for (int i = random.nextInt(3); i > 0; i--) {
                queue.after(Duration.ofMillis(random.nextInt(20_000)), () -> {
                    killAgent();
                    startAgent();
                });
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                queue.after(Duration.ofMillis(random.nextInt(20_000)), bus::stop);
                queue.after(Duration.ofMillis(random.nextInt(40_000)), bus::start);
            }
            queue.after(Duration.ofSeconds(60), bus::start);
            queue.after(Duration.ofMinutes(5), () -> network.weather(0, 0, 0));
        }

        void startAgent() {
            agentLoop = new SimulatedLoop(queue);
            agentSide = bus.connect("n1");
            giving = new GivingStreams(agentLoop, agentSide, "n1", this::give);
            agentLoop.execute(giving::start);
        }

        void killAgent() {
            agentLoop.kill();
            agentSide.close();
        }

        StreamListener give(StreamRequest request, StreamEnd to) {
            if (refusal != null) {
                throw refusal;
            }
            write(to, Integer.parseInt(request.instance()));
            return new Deaf(() -> endsOfInput++);
        }

        private void write(StreamEnd to, int from) {
            if (from == written.length) {
                to.end(new byte[0]);
                return;
            }
            int until = Math.min(written.length, from + 1 + random.nextInt(100_000));
            to.write(0, Arrays.copyOfRange(written, from, until)).onSuccess(sent -> write(to, until));
        }

        private StreamEnd present() {
            return Objects.requireNonNull(end);
        }

        boolean isOver() {
            return end != null && end.isOver();
        }

        String words() {
            return failure == null ? "" : String.valueOf(failure.getMessage());
        }

        @Nullable
        ErrorCode code() {
            return failure == null ? null : failure.code();
        }

        void begin() {
            serverLoop.execute(this::ask);
        }

        void run() {
            if (end == null) {
                begin();
            }
            boolean all = queue.runUntil(() -> isOver() && read.size() == written.length, Duration.ofHours(1));
            assertThat(all)
                    .as("read %d of %d, asked %d times, last %s", read.size(), written.length, asked, failure)
                    .isTrue();
            queue.runFor(IN_TIME);
        }

        private void ask() {
            asked++;
            unread = 0;
            end = asking.ask(
                    "n1",
                    StreamRequest.ofLogs(String.valueOf(read.size()), new LogRange(false, null, null, false)),
                    StreamEnd.WINDOW,
                    new Reader());
        }

        void catchUp() {
            int size = unread;
            unread = 0;
            serverLoop.execute(() -> present().read(size));
        }

        private final class Reader implements StreamListener {
            private final int mine = asked;

            @Override
            public void data(int channel, byte[] bytes) {
                assertThat(mine).as("whose turn it is").isEqualTo(asked);
                read.writeBytes(bytes);
                assertThat(Arrays.equals(written, 0, read.size(), read.toByteArray(), 0, read.size()))
                        .isTrue();
                unread += bytes.length;
                assertThat(unread).isLessThanOrEqualTo(StreamEnd.WINDOW);
                StreamEnd from = present();
                if (!stopped) {
                    serverLoop.after(Duration.ofMillis(slow ? 1000 : 1), () -> {
                        if (mine == asked) {
                            unread -= bytes.length;
                        }
                        from.read(bytes.length);
                    });
                }
            }

            @Override
            public void ended(byte[] lastWord) {
                assertThat(read.size()).isEqualTo(written.length);
            }

            @Override
            public void failed(KnitException why) {
                assertThat(why.getMessage()).isNotBlank();
                failure = why;
                if (again) {
                    serverLoop.after(Duration.ofMillis(100), World.this::ask);
                }
            }
        }
    }

    /** As a broker carries messages: in order, but for those that are lost, come twice, or far too late. */
    private static final class OrderedNetwork implements Network {
        private final EventQueue queue;
        private final SplittableRandom random;
        private final Map<String, Instant> newest = new HashMap<>();
        private double lost;
        private double doubled;
        private double late;

        OrderedNetwork(EventQueue queue, SplittableRandom random) {
            this.queue = queue;
            this.random = random;
        }

        void weather(double lostPart, double doubledPart, double latePart) {
            lost = lostPart;
            doubled = doubledPart;
            late = latePart;
        }

        @Override
        public void carry(String from, String to, String subject, Runnable arrive) {
            if (random.nextDouble() < lost) {
                return;
            }
            Instant soon = queue.now().plusNanos(100_000 + random.nextInt(900_000));
            if (random.nextDouble() < late) {
                queue.at(soon.plusMillis(random.nextInt(15_000)), arrive);
                return;
            }
            Instant before = newest.getOrDefault(from + to, Instant.MIN);
            Instant at = soon.isAfter(before) ? soon : before.plusNanos(1000);
            newest.put(from + to, at);
            queue.at(at, arrive);
            if (random.nextDouble() < doubled) {
                queue.at(at.plusMillis(random.nextInt(50)), arrive);
            }
        }
    }

    private static final class Deaf implements StreamListener {
        private final Runnable onEnd;

        Deaf(Runnable onEnd) {
            this.onEnd = onEnd;
        }

        @Override
        public void data(int channel, byte[] bytes) {}

        @Override
        public void ended(byte[] lastWord) {
            onEnd.run();
        }

        @Override
        public void failed(KnitException why) {}
    }
}
