package io.knit.testkit.sim.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes of an agent one as it was first released: says nothing that came later, and hears nothing of it. What it can't show is how that
 * agent worked out the digest of its set; golden files hold that.
 */
final class FirstRelease implements Transport {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();
    private static final List<String> LATER = List.of(
            "speaks",
            "features",
            "prepared",
            "most_bytes",
            "notice",
            "prepare",
            "engine_id",
            "removed",
            "holder_engine",
            "by_hash");
    private static final List<String> LATER_OF_SPEC =
            List.of("init", "no_new_privileges", "resources", "health", "restart", "stop");

    private final Transport own;

    FirstRelease(Transport own) {
        this.own = own;
    }

    @Override
    public Future<Void> publish(String subject, byte[] payload) {
        return own.publish(subject, without(payload));
    }

    @Override
    public Future<byte[]> request(String subject, byte[] payload, Duration timeout) {
        return own.request(subject, without(payload), timeout).map(FirstRelease::without);
    }

    @Override
    public Future<Subscription> subscribe(String subject, Consumer<TransportMessage> handler) {
        return own.subscribe(subject, handler);
    }

    @Override
    public void onConnection(Consumer<Boolean> listener) {
        own.onConnection(listener);
    }

    @Override
    public Future<Void> close() {
        return own.close();
    }

    private static byte[] without(byte[] message) {
        try {
            JsonNode tree = MAPPER.readTree(message);
            if (tree instanceof ObjectNode object) {
                object.remove(LATER);
                if (object.has("assignments")) {
                    object.remove("server_session");
                }
                object.path("assignments").forEach(it -> {
                    if (it.path("spec") instanceof ObjectNode spec) {
                        spec.remove(LATER_OF_SPEC);
                    }
                });
            }
            return MAPPER.writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
