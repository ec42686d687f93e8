package io.knit.bench.broker;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The same with jnats on both sides, as a program does it: a dispatcher for each subscriber, a thread for each publisher. */
final class JnatsLoad implements Load {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int STEP = 100;
    private static final long WINDOW_BYTES = 16L * 1024 * 1024;
    private static final long MOST_MESSAGES = 50_000; // jnats drops what waits for a dispatcher above half a million

    @Override
    public String name() {
        return "jnats";
    }

    @Override
    public long nanos(BenchedBroker broker, Pattern pattern, int payload, int published) throws Exception {
        List<Connection> connections = new ArrayList<>();
        try (Crew writers = new Crew(broker)) {
            long ahead = Math.max(2L * STEP * pattern.publishers(), Math.min(MOST_MESSAGES, WINDOW_BYTES / payload));
            Window window = new Window(broker, ahead * pattern.fanOut());
            String subject = broker.freshSubject();
            for (int i = 0; i < pattern.subscribers(); i++) {
                subscribe(open(broker, connections), pattern, subject, window);
            }
            List<Connection> publishers = new ArrayList<>();
            for (int i = 0; i < pattern.publishers(); i++) {
                publishers.add(open(broker, connections));
            }
            int each = published / pattern.publishers();
            long began = System.nanoTime();
            publishers.forEach(publisher ->
                    writers.start(() -> write(publisher, subject, new byte[payload], each, window, pattern.fanOut())));
            writers.join();
            window.awaitArrived((long) each * pattern.publishers() * pattern.fanOut());
            return System.nanoTime() - began;
        } finally {
            for (Connection each : connections) {
                each.close();
            }
        }
    }

    private static void subscribe(Connection connection, Pattern pattern, String subject, Window window)
            throws Exception {
        Dispatcher dispatcher = connection.createDispatcher(message -> window.arrived(1));
        if (pattern.queue()) {
            dispatcher.subscribe(subject, "workers");
        } else {
            dispatcher.subscribe(subject);
        }
        connection.flush(PATIENCE);
    }

    private static void write(Connection connection, String subject, byte[] bytes, int count, Window window, int fanOut)
            throws Exception {
        for (int i = 0; i < count; i++) {
            connection.publish(subject, bytes);
            if (i % STEP == STEP - 1) {
                window.send((long) STEP * fanOut);
            }
        }
        connection.flush(PATIENCE);
    }

    static Connection open(BenchedBroker broker, List<Connection> into) throws Exception {
        Connection connection = Nats.connect(new Options.Builder()
                .server(broker.url())
                .maxReconnects(0)
                .connectionTimeout(PATIENCE) // 2 s are little on a machine that is busy
                .build());
        into.add(connection);
        return connection;
    }
}
