package io.knit.bench.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What another client does, as fast as the broker takes it, while somebody is measured. */
enum Neighbour {
    QUIET(""),
    PUBLISHES("PUB bench.neighbour 16\r\n0123456789abcdef\r\n".repeat(1000)),
    CHURNS(churn());

    private final String block;

    Neighbour(String block) {
        this.block = block;
    }

    private static String churn() {
        StringBuilder block = new StringBuilder();
        for (int i = 1; i <= 1000; i++) {
            block.append("SUB bench.churn.")
                    .append(i)
                    .append(' ')
                    .append(i)
                    .append("\r\nUNSUB ")
                    .append(i);
            block.append("\r\n");
        }
        return block.toString();
    }

    /** Does it on a thread of the crew until the crew or the connection is closed; gives the connection. */
    RawSocket start(BenchedBroker broker, Crew crew) throws IOException {
        RawSocket socket = new RawSocket(broker.port());
        if (!block.isEmpty()) {
            byte[] bytes = block.getBytes(StandardCharsets.ISO_8859_1);
            ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes);
            crew.start(() -> repeat(socket, buffer));
        }
        return socket;
    }

    private static void repeat(RawSocket socket, ByteBuffer block) {
        try {
            while (true) {
                block.rewind();
                socket.send(block);
            }
        } catch (IOException e) {
            // the run is over and the socket closed
        }
    }
}
