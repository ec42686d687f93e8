package io.knit.testkit.sim.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.wire.Subjects;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes of an agent one as it was first released: says nothing that came later, and hears nothing of it, as it knows only what the golden files of the first form
 * have. What it can't show is how that agent worked out the digest of its set; those files hold that.
 */
final class FirstRelease implements Transport {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private static final Shape PORT = Shape.of("container_port host_ip host_port protocol");
    private static final Shape SPEC = Shape.of("args command env image labels name node_selector pull replicas")
            .with("ports", PORT)
            .with("registry_auth", Shape.of("password username"))
            .with("templates", Shape.of("content destination"));
    private static final Shape ASSIGNMENT = Shape.of("deployment instance order revision slot spec_hash")
            .with("ports", PORT)
            .with("spec", SPEC);

    private static final Shape HEARTBEAT = Shape.of(
            "agent_version assignments_digest assignments_revision cluster condition cpus engine_version hostname"
                    + " identity labels memory_bytes mesh_ip mesh_key node session v");
    private static final Shape HEARTBEAT_REPLY =
            Shape.of("assignments_revision cluster fetch message refusal server_session v");
    private static final Shape ASSIGNMENTS_REQUEST = Shape.of("after cluster identity node v");
    private static final Shape ASSIGNMENTS_PAGE =
            Shape.of("cluster digest more revision v").with("assignments", ASSIGNMENT);
    private static final Shape STATUS_REPORT = Shape.of("cluster identity node v")
            .with("statuses", Shape.of("failing instance reason restarts seq state"));
    private static final Shape STATUS_ACK = Shape.of("cluster v").with("acked", Shape.of("instance seq"));
    private static final Shape TASK =
            Shape.of("cluster deployment revision v").with("placements", Shape.of("instance node"));

    private static final List<Talk> TALKS = List.of(
            new Talk(Subjects.heartbeat(""), HEARTBEAT, HEARTBEAT_REPLY),
            new Talk(Subjects.assignments(""), ASSIGNMENTS_REQUEST, ASSIGNMENTS_PAGE),
            new Talk(Subjects.status(""), STATUS_REPORT, STATUS_ACK));
    private static final List<String> TASKS =
            List.of(Subjects.deployTo(""), Subjects.DEPLOY_BROADCAST, Subjects.UNDEPLOY_BROADCAST);

    private final Transport own;

    FirstRelease(Transport own) {
        this.own = own;
    }

    /**
     * What it knows of a message.
     *
     * @param plain names of what it takes as it is
     * @param objects by name, what it knows of an object, or of each in a list
     */
    private record Shape(Set<String> plain, Map<String, Shape> objects) {
        static Shape of(String names) {
            return new Shape(Set.of(names.split(" ")), Map.of());
        }

        Shape with(String name, Shape shape) {
            Map<String, Shape> all = new HashMap<>(objects);
            all.put(name, shape);
            return new Shape(plain, all);
        }

        JsonNode of(JsonNode message) {
            if (message instanceof ArrayNode list) {
                ArrayNode known = MAPPER.createArrayNode();
                list.forEach(each -> known.add(of(each)));
                return known;
            }
            if (!(message instanceof ObjectNode object)) {
                return message;
            }
            ObjectNode known = MAPPER.createObjectNode();
            object.properties().forEach(field -> {
                Shape inside = objects.get(field.getKey());
                if (inside != null) {
                    known.set(field.getKey(), inside.of(field.getValue()));
                } else if (plain.contains(field.getKey())) {
                    known.set(field.getKey(), field.getValue());
                }
            });
            return known;
        }
    }

    /** A question of its, and the answer to it. */
    private record Talk(String subjects, Shape question, Shape answer) {
        static Optional<Talk> on(String subject) {
            return TALKS.stream()
                    .filter(talk -> subject.startsWith(talk.subjects()))
                    .findFirst();
        }
    }

    /** What it knows of a task, which nobody answers. */
    private record KnownTask(TransportMessage whole) implements TransportMessage {
        @Override
        public String subject() {
            return whole.subject();
        }

        @Override
        public byte[] payload() {
            return known(whole.payload(), TASK);
        }

        @Override
        public void reply(byte[] payload) {
            whole.reply(payload);
        }
    }

    @Override
    public Future<Void> publish(String subject, byte[] payload) {
        return Talk.on(subject)
                .map(talk -> own.publish(subject, known(payload, talk.question)))
                .orElseGet(Future::succeededFuture);
    }

    @Override
    public Future<byte[]> request(String subject, byte[] payload, Duration timeout) {
        return Talk.on(subject)
                .map(talk -> own.request(subject, known(payload, talk.question), timeout)
                        .map(answer -> known(answer, talk.answer)))
                .orElseGet(() -> Future.failedFuture(new KnitException(
                        ErrorCode.TRANSPORT_UNAVAILABLE, "an agent of the first release asks nothing on " + subject)));
    }

    @Override
    public Future<Subscription> subscribe(String subject, Consumer<TransportMessage> handler) {
        return TASKS.stream().anyMatch(subject::startsWith)
                ? own.subscribe(subject, message -> handler.accept(new KnownTask(message)))
                : Future.succeededFuture(Future::succeededFuture);
    }

    @Override
    public void onConnection(Consumer<Boolean> listener) {
        own.onConnection(listener);
    }

    @Override
    public Future<Void> close() {
        return own.close();
    }

    static byte[] known(byte[] message, Shape shape) {
        try {
            return MAPPER.writeValueAsBytes(shape.of(MAPPER.readTree(message)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
