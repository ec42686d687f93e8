package io.knit.bench.beside;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * So many clients that each ask, wait for the answer and ask again; on one thread, for beside a server on the same machine many would be most of what
 * is measured.
 */
public final class Clients implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final List<KeptConnection> connections = new ArrayList<>();

    public Clients(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            KeptConnection connection = new KeptConnection(port);
            connection.channel().configureBlocking(false);
            connection.channel().register(selector, SelectionKey.OP_READ, connection);
            connections.add(connection);
        }
    }

    /** What is asked next. */
    public interface Requests {
        /** @param number from 0, of those asked in this go */
        void send(KeptConnection to, long number) throws IOException;
    }

    /**
     * Asks as long as {@code more} says so, and waits for the last answers.
     *
     * @param status that each must be answered with
     * @return how many were answered
     */
    public long run(BooleanSupplier more, int status, Requests requests) throws IOException {
        long asked = 0;
        long answered = 0;
        for (KeptConnection connection : connections) {
            if (more.getAsBoolean()) {
                requests.send(connection, asked++);
            }
        }
        while (answered < asked) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                KeptConnection connection = (KeptConnection) key.attachment();
                KeptConnection.Answer answer = connection.take();
                if (answer != null) {
                    answer.expecting(status);
                    answered++;
                    if (more.getAsBoolean()) {
                        requests.send(connection, asked++);
                    }
                }
            }
            selector.selectedKeys().clear();
        }
        return answered;
    }

    @Override
    public void close() throws IOException {
        for (KeptConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
