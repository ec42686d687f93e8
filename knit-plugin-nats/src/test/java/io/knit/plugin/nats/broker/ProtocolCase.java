package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes that a client sends after it has read INFO, and what it then reads.
 *
 * @param earlier what a nats-server of Debian's generation says instead
 * @param closes whether the broker then closes the connection
 */
record ProtocolCase(String name, String sent, String expected, String earlier, boolean closes) {
    /** The connection stays open. */
    static ProtocolCase open(String name, String sent, String expected) {
        return new ProtocolCase(name, sent, expected, expected, false);
    }

    /** The connection is closed by the broker. */
    static ProtocolCase closed(String name, String sent, String expected) {
        return new ProtocolCase(name, sent, expected, expected, true);
    }

    /** The same, where the older nats-server answers otherwise. */
    ProtocolCase before(String answer) {
        return new ProtocolCase(name, sent, expected, answer, closes);
    }

    /** What a generation answers. */
    ProtocolCase of(NatsServerGeneration generation) {
        String answer = generation == NatsServerGeneration.TODAY ? expected : earlier;
        return new ProtocolCase(name, sent, answer, answer, closes);
    }

    /** Plays it against a broker, with the bytes in pieces of a size. */
    void play(int port, int piece) {
        byte[] bytes = sent.getBytes(StandardCharsets.ISO_8859_1);
        try (RawClient client = new RawClient(port)) {
            for (int start = 0; start < bytes.length; start += piece) {
                int end = Math.min(bytes.length, start + piece);
                client.trySend(Arrays.copyOfRange(bytes, start, end));
            }
            int pongs = expected.split(RawClient.PONG, -1).length - 1;
            assertThat(closes ? client.untilClosed() : client.answers(pongs)).isEqualTo(expected);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
