package io.knit.testkit.sim.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.wire.Subjects;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulator's old agent says and hears what the golden files of the first form have, all of it and nothing else. */
class FirstReleaseTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<String> PEOPLES = Set.of("labels", "env", "node_selector");
    private static final Path GOLDEN =
            Path.of(System.getProperty("basedir", "."), "../knit-core/src/test/resources/golden");

    /** Keeps what is said, and answers as it is told. */
    private static final class Recorded implements Transport {
        private final List<byte[]> said = new ArrayList<>();
        private byte[] answer = {'{', '}'};

        @Override
        public Future<Void> publish(String subject, byte[] payload) {
            said.add(payload);
            return Future.succeededFuture();
        }

        @Override
        public Future<byte[]> request(String subject, byte[] payload, Duration timeout) {
            said.add(payload);
            return Future.succeededFuture(answer);
        }

        @Override
        public Future<Subscription> subscribe(String subject, Consumer<TransportMessage> handler) {
            handler.accept(new Heard(subject, answer));
            return Future.succeededFuture(Future::succeededFuture);
        }

        @Override
        public void onConnection(Consumer<Boolean> listener) {}

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    private record Heard(String subject, byte[] payload) implements TransportMessage {
        @Override
        public void reply(byte[] payload) {}
    }

    private final Recorded wire = new Recorded();
    private final FirstRelease old = new FirstRelease(wire);

    private static String subject(String kind) {
        return switch (kind) {
            case "Heartbeat", "HeartbeatReply" -> Subjects.heartbeat("n1");
            case "AssignmentsRequest", "AssignmentsPage" -> Subjects.assignments("n1");
            case "StatusReport", "StatusAck" -> Subjects.status("n1");
            default -> Subjects.DEPLOY_BROADCAST;
        };
    }

    /** As the other side has it. */
    private JsonNode carried(String kind, byte[] message) throws IOException {
        if (kind.equals("Task")) {
            wire.answer = message;
            List<byte[]> heard = new ArrayList<>();
            old.subscribe(subject(kind), task -> heard.add(task.payload()));
            return MAPPER.readTree(heard.get(0));
        }
        if (Set.of("HeartbeatReply", "AssignmentsPage", "StatusAck").contains(kind)) {
            wire.answer = message;
            return MAPPER.readTree(old.request(subject(kind), new byte[] {'{', '}'}, Duration.ofSeconds(1))
                    .result());
        }
        old.request(subject(kind), message, Duration.ofSeconds(1));
        return MAPPER.readTree(wire.said.get(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Heartbeat",
                "Heartbeat-first",
                "HeartbeatReply",
                "HeartbeatReply-refused",
                "AssignmentsRequest",
                "AssignmentsPage",
                "StatusReport",
                "StatusAck",
                "Task"
            })
    @DisplayName("what the first form has comes whole")
    void knows(String file) throws IOException {
        byte[] message = Files.readAllBytes(GOLDEN.resolve("1/" + file + ".json"));
        assertThat(carried(file.split("-")[0], message)).isEqualTo(MAPPER.readTree(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Heartbeat", "HeartbeatReply", "AssignmentsRequest", "AssignmentsPage"})
    @DisplayName("of what came later nothing does, in no message that is kept")
    void knowsNothingLater(String kind) throws IOException {
        Set<String> first = new TreeSet<>();
        for (Path file : files("1", kind)) {
            names("", MAPPER.readTree(Files.readAllBytes(file)), first);
        }
        int later = 0;
        for (String form : List.of("2", "3", "4")) {
            for (Path file : files(form, kind)) {
                wire.said.clear();
                Set<String> heard = new TreeSet<>();
                names("", carried(kind, Files.readAllBytes(file)), heard);
                assertThat(heard).as("of %s", file).isSubsetOf(first);
                later++;
            }
        }
        assertThat(later).isPositive();
    }

    private static List<Path> files(String form, String kind) throws IOException {
        try (Stream<Path> all = Files.list(GOLDEN.resolve(form))) {
            return all.filter(it -> it.getFileName().toString().matches(kind + "(-.*)?\\.json"))
                    .sorted()
                    .toList();
        }
    }

    /** Of objects in it, however deep; what people name is not told apart. */
    private static void names(String where, JsonNode node, Set<String> names) {
        if (node.isArray()) {
            node.forEach(each -> names(where, each, names));
            return;
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String name = where + "/" + field.getKey();
            names.add(name);
            if (!PEOPLES.contains(field.getKey())) {
                names(name, field.getValue(), names);
            }
        }
    }
}
