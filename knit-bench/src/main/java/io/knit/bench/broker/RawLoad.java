package io.knit.bench.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Blocks of ready-made protocol, written and read with next to no work of their own. Subscribers count bytes: every message
 * has the same length.
 */
final class RawLoad implements Load {
    private static final int BLOCK = 64 * 1024;
    private static final long WINDOW_BYTES = 16L * 1024 * 1024;

    @Override
    public String name() {
        return "raw";
    }

    @Override
    public long nanos(BenchedBroker broker, Pattern pattern, int payload, int published) throws Exception {
        List<RawSocket> subscribers = new ArrayList<>();
        List<RawSocket> publishers = new ArrayList<>();
        try (Crew neighbours = new Crew(broker);
                RawSocket busy = pattern.neighbour().start(broker, neighbours);
                Crew readers = new Crew(broker);
                Crew writers = new Crew(broker)) {
            String subject = broker.freshSubject();
            for (int i = 0; i < pattern.subscribers(); i++) {
                subscribers.add(subscriber(broker, pattern, subject));
            }
            for (int i = 0; i < pattern.publishers(); i++) {
                publishers.add(new RawSocket(broker.port()));
            }
            Blocks blocks = Blocks.of(pattern, subject, payload, published);
            Window window = new Window(
                    broker, Math.max(WINDOW_BYTES, 2 * blocks.bytes() * pattern.publishers()) * pattern.fanOut());
            subscribers.forEach(each -> readers.start(() -> read(each, window)));
            long began = System.nanoTime();
            publishers.forEach(each -> writers.start(() -> write(each, blocks, pattern, window)));
            writers.join();
            window.awaitArrived(blocks.bytes() * blocks.count() * pattern.publishers() * pattern.fanOut());
            return (long) ((System.nanoTime() - began) * blocks.share());
        } finally {
            close(publishers);
            close(subscribers);
        }
    }

    /**
     * What one publisher writes.
     *
     * @param count how often the block is written
     * @param bytes what one block is for a subscriber
     * @param share wanted messages through those that whole blocks make
     */
    private record Blocks(ByteBuffer block, long count, long bytes, double share) {
        static Blocks of(Pattern pattern, String subject, int payload, int published) {
            long delivered =
                    ("MSG " + subject(subject, 0, pattern) + " 000001 " + payload + "\r\n").length() + payload + 2L;
            int inBlock = (int) Math.max(pattern.subjects(), BLOCK / delivered);
            long count = Math.max(1, published / inBlock / pattern.publishers());
            double share = (double) published / (count * inBlock * pattern.publishers());
            return new Blocks(RawLoad.block(subject, pattern, payload, inBlock), count, inBlock * delivered, share);
        }
    }

    private static RawSocket subscriber(BenchedBroker broker, Pattern pattern, String subject) throws IOException {
        RawSocket socket = new RawSocket(broker.port());
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < pattern.subjects(); i++) {
            all.append("SUB ").append(subject(subject, i, pattern)).append(pattern.queue() ? " workers" : "");
            all.append(String.format(Locale.ROOT, " %06d\r\n", i + 1));
        }
        socket.send(all.toString());
        socket.sync();
        return socket;
    }

    private static void write(RawSocket socket, Blocks blocks, Pattern pattern, Window window) throws IOException {
        ByteBuffer own = blocks.block().duplicate();
        for (long i = 0; i < blocks.count(); i++) {
            own.rewind();
            socket.send(own);
            window.send(blocks.bytes() * pattern.fanOut());
        }
        socket.sync();
    }

    private static void read(RawSocket socket, Window window) {
        try {
            while (true) {
                window.arrived(socket.skip());
            }
        } catch (IOException e) {
            // the run is over and the socket closed; if it broke before, the window says what is missing
        }
    }

    // all of one length, so that bytes tell how many messages came
    private static String subject(String run, int number, Pattern pattern) {
        return pattern.subjects() == 1 ? run : run + String.format(Locale.ROOT, ".%06d", number);
    }

    private static ByteBuffer block(String subject, Pattern pattern, int payload, int messages) {
        StringBuilder all = new StringBuilder();
        String rest = " " + payload + "\r\n" + "x".repeat(payload) + "\r\n";
        for (int i = 0; i < messages; i++) {
            all.append("PUB ")
                    .append(subject(subject, i % pattern.subjects(), pattern))
                    .append(rest);
        }
        byte[] text = all.toString().getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(text.length).put(text).flip();
    }

    private static void close(List<RawSocket> sockets) throws IOException {
        for (RawSocket each : sockets) {
            each.close();
        }
    }
}
