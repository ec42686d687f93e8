package io.knit.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Lets a test see what an agent asks, and change what it is answered, as a server of another release might answer. */
final class RewrittenTransport implements Transport {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private final Transport own;
    private final BiConsumer<String, ObjectNode> asked;
    private final BiConsumer<String, ObjectNode> answered;

    RewrittenTransport(Transport own, BiConsumer<String, ObjectNode> asked, BiConsumer<String, ObjectNode> answered) {
        this.own = own;
        this.asked = asked;
        this.answered = answered;
    }

    @Override
    public Future<Void> publish(String subject, byte[] payload) {
        return own.publish(subject, payload);
    }

    @Override
    public Future<byte[]> request(String subject, byte[] payload, Duration timeout) {
        return own.request(subject, with(asked, subject, payload), timeout)
                .map(answer -> with(answered, subject, answer));
    }

    @Override
    public Future<Subscription> subscribe(String subject, Consumer<TransportMessage> handler) {
        return own.subscribe(subject, handler);
    }

    @Override
    public void onConnection(Consumer<Boolean> listener) {
        own.onConnection(listener);
    }

    private static byte[] with(BiConsumer<String, ObjectNode> change, String subject, byte[] message) {
        try {
            ObjectNode tree = (ObjectNode) MAPPER.readTree(message);
            change.accept(subject, tree);
            return MAPPER.writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
