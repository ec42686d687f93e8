package io.knit.bench.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Agents without an engine, on one thread: each has a connection of its own and does on it what an agent does, a heartbeat every 3 s, and each
 * container that it is told of goes from one status to the next after a moment.
 */
public final class LightFleet implements AutoCloseable {
    private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Selector selector;
    private final List<LightAgent> agents = new ArrayList<>();
    private final Tasks tasks = new Tasks();
    private final Thread thread;
    private final long stepNanos;
    private final Deque<Later> later = new ArrayDeque<>();
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16);
    private volatile boolean closed;
    private volatile int repeated;

    private LightFleet(URI nats, int size, int stepMillis) throws IOException {
        selector = Selector.open();
        stepNanos = TimeUnit.MILLISECONDS.toNanos(stepMillis);
        for (int i = 0; i < size; i++) {
            LightAgent agent = new LightAgent(this, tasks, String.format(Locale.ROOT, "n%05d", i), nats);
            agent.channel().configureBlocking(false);
            agent.channel().register(selector, SelectionKey.OP_READ, agent);
            agents.add(agent);
        }
        thread = new Thread(this::run, "light-fleet");
        thread.setDaemon(true);
        thread.start();
    }

    /** Connects all; they join within the first heartbeat interval. */
    public static LightFleet connect(URI nats, int size, int stepMillis) throws IOException {
        return new LightFleet(nats, size, stepMillis);
    }

    private record Later(long at, Runnable what) {}

    /** In the order in which it was asked for: each waits as long as the others. */
    void afterAStep(Runnable what) {
        later.addLast(new Later(System.nanoTime() + stepNanos, what));
    }

    void repeats(int count) {
        repeated += count;
    }

    /** How many messages had to be said again because no answer came. */
    public int repeated() {
        return repeated;
    }

    private void run() {
        try {
            long begun = System.nanoTime();
            for (int i = 0; i < agents.size(); i++) {
                agents.get(i).beatAt(begun + HEARTBEAT_NANOS * i / agents.size());
            }
            long looked = begun;
            while (!closed) {
                selector.select(key -> read(key), 1);
                long now = System.nanoTime();
                while (!later.isEmpty() && later.getFirst().at() <= now) {
                    later.removeFirst().what().run();
                }
                boolean looks = now - looked > LOOK_NANOS;
                for (LightAgent agent : agents) {
                    agent.turn(now, HEARTBEAT_NANOS, looks);
                }
                looked = looks ? now : looked;
            }
        } catch (IOException e) {
            if (!closed) {
                throw new UncheckedIOException("the agents end", e);
            }
        }
    }

    private void read(SelectionKey key) {
        LightAgent agent = (LightAgent) key.attachment();
        try {
            in.clear();
            int count = agent.channel().read(in);
            if (count < 0) {
                throw new IOException("the broker closed the connection of " + agent.node());
            }
            agent.heard(in.array(), count);
        } catch (IOException e) {
            if (!closed) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        closed = true;
        thread.join();
        for (LightAgent agent : agents) {
            agent.channel().close();
        }
        selector.close();
    }
}
