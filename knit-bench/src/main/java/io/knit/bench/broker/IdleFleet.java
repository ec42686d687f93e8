package io.knit.bench.broker;

import io.knit.bench.beside.Median;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Many agents with little to say: each is connected, subscribes to its own tasks and to the broadcast, and sends a heartbeat
 * every few seconds, which one listener reads. All of them on one thread here.
 */
final class IdleFleet {
    private static final String CONNECT = "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,"
            + "\"no_responders\":true,\"protocol\":1,\"name\":\"n%d\",\"lang\":\"java\",\"version\":\"2\"}\r\n";
    private static final String HEARTBEAT = "x".repeat(400); // what an agent's heartbeat is
    private static final byte[] PING = bytes("PING");

    /** The kernel counts a process' time in these (USER_HZ): what took less is counted as one, for a ratio to nothing is none. */
    private static final double TICK_SECONDS = 0.01;

    private final int size;
    private final long heartbeatSeconds;
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);

    IdleFleet(int size, int heartbeatSeconds) {
        this.size = size;
        this.heartbeatSeconds = heartbeatSeconds;
    }

    /**
     * What the broker spends on the fleet.
     *
     * @param bytesPerConnection resident memory that came with the connections, through their number
     * @param cpu processor time through time, while heartbeats came; 1 is a core
     * @param reachedAllNanos from one publication until every agent had it, the median of some
     */
    record Cost(double bytesPerConnection, double cpu, double reachedAllNanos) {}

    Cost cost(BenchedBroker broker, int seconds) throws Exception {
        try (Selector selector = Selector.open();
                RawSocket server = new RawSocket(broker.port());
                RawSocket listener = new RawSocket(broker.port());
                Crew crew = new Crew(broker)) {
            listener.send("SUB knit.agent.heartbeat.* 1\r\n");
            listener.sync();
            crew.start(() -> readOn(listener));
            long before = broker.residentBytes();
            List<SocketChannel> agents = new ArrayList<>(size);
            try {
                for (int i = 0; i < size; i++) {
                    agents.add(agent(broker, i));
                }
                for (SocketChannel each : agents) {
                    each.configureBlocking(false);
                    each.register(selector, SelectionKey.OP_READ);
                }
                beat(agents, selector, heartbeatSeconds); // everyone spoke once
                double cpuBefore = broker.cpuSeconds();
                long began = System.nanoTime();
                beat(agents, selector, seconds);
                double spent = Math.max(TICK_SECONDS, broker.cpuSeconds() - cpuBefore);
                double cpu = spent / ((System.nanoTime() - began) / 1e9);
                double perConnection = (broker.residentBytes() - before) / (double) size;
                return new Cost(perConnection, cpu, broadcasts(server, selector));
            } finally {
                for (SocketChannel each : agents) {
                    each.close();
                }
            }
        }
    }

    private SocketChannel agent(BenchedBroker broker, int number) throws IOException {
        SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        String subscribe = "SUB knit.tasks.deploy.node.n%1$d 1\r\nSUB knit.tasks.deploy.broadcast 2\r\n"
                + "SUB knit.tasks.undeploy.broadcast 3\r\nSUB _INBOX.n%1$d.* 4\r\nPING\r\n";
        write(channel, bytes(String.format(Locale.ROOT, CONNECT + subscribe, number)));
        StringBuilder heard = new StringBuilder();
        while (heard.indexOf("PONG\r\n") < 0) {
            in.clear();
            if (channel.read(in) < 0) {
                throw new EOFException("the broker closed agent " + number + ": " + heard);
            }
            heard.append(StandardCharsets.ISO_8859_1.decode(in.flip()));
        }
        return channel;
    }

    /** Each agent's heartbeat in its turn, evenly over the time. */
    private void beat(List<SocketChannel> agents, Selector selector, long seconds) throws IOException {
        long began = System.nanoTime();
        long all = size * seconds / heartbeatSeconds;
        long sent = 0;
        while (sent < all) {
            long due = Math.min(all, (System.nanoTime() - began) * size / TimeUnit.SECONDS.toNanos(heartbeatSeconds));
            for (; sent < due; sent++) {
                int number = (int) (sent % size);
                String beat = "PUB knit.agent.heartbeat.n" + number + " _INBOX.n" + number + ".1 " + HEARTBEAT.length()
                        + "\r\n" + HEARTBEAT + "\r\n";
                write(agents.get(number), bytes(beat));
            }
            selector.select(key -> read(key), 1);
        }
    }

    private double broadcasts(RawSocket server, Selector selector) throws IOException {
        double[] nanos = new double[11];
        String word = "PUB knit.tasks.deploy.broadcast 100\r\n" + "x".repeat(100) + "\r\n";
        int length = ("MSG knit.tasks.deploy.broadcast 2 100\r\n" + "x".repeat(100) + "\r\n").length();
        for (int i = 0; i < nanos.length; i++) {
            selector.selectNow(key -> read(key));
            long began = System.nanoTime();
            server.send(word);
            long[] left = {(long) size * length};
            while (left[0] > 0) {
                if (selector.select(key -> left[0] -= read(key), 10_000) == 0) {
                    throw new IllegalStateException(left[0] / length + " agents did not hear the word");
                }
            }
            nanos[i] = System.nanoTime() - began;
        }
        return Median.of(nanos);
    }

    private int read(SelectionKey key) {
        try {
            SocketChannel channel = (SocketChannel) key.channel();
            in.clear();
            int count = channel.read(in);
            if (count < 0) {
                throw new EOFException("the broker closed an agent's connection");
            }
            if (count < 64 && in.get(0) == PING[0] && in.get(1) == PING[1]) {
                write(channel, bytes("PONG\r\n"));
                return 0;
            }
            return count;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void readOn(RawSocket socket) {
        try {
            while (true) {
                socket.skip();
            }
        } catch (IOException e) {
            // closed: the run is over
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
