package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.agent.relay.RelaySockets;
import io.knit.core.wire.Subjects;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an agent does that finds what a newer one left. */
class AgentDowngradeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PortBinding RELAYED = new PortBinding("10.54.0.1", 80, 8080, Protocol.TCP, true, false);
    /** As an agent reads the same order that knows no relay. */
    private static final PortBinding PLAIN = new PortBinding("10.54.0.1", 80, 8080, Protocol.TCP, false, false);

    private final AgentRig rig = new AgentRig(1);
    private final Set<Integer> held = new TreeSet<>();

    @BeforeEach
    void engine() {
        rig.engine.withBridge("172.17.0.1", "172.17.0.0/16");
        rig.relay = (ip, port, gate) -> {
            held.add(port);
            return Future.succeededFuture(new RelaySockets.Listening() {
                @Override
                public Future<Void> close() {
                    held.remove(port);
                    return Future.succeededFuture();
                }

                @Override
                public void cut(String instance) {}
            });
        };
    }

    private static DeploymentSpec relayed() {
        return spec(it -> it.port(new PortSpec("mesh", 80, 8080, Protocol.TCP, true, false)));
    }

    private void run(String instance, PortBinding port) {
        rig.server.run(instance, relayed(), port);
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private ContainerSnapshot runsOne() {
        rig.joinedAgent();
        run("a", RELAYED);
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(held).containsExactly(80);
        ContainerSnapshot container = rig.engine.containers().get(0);
        rig.killAgent();
        held.clear();
        return container;
    }

    private void assertUntouched(ContainerSnapshot before) {
        assertThat(rig.engine.containers()).singleElement().satisfies(it -> {
            assertThat(it.id()).isEqualTo(before.id());
            assertThat(it.state()).isEqualTo(ContainerState.RUNNING);
            assertThat(it.createdAt()).isEqualTo(before.createdAt());
        });
    }

    @Test
    @DisplayName(
            "one that knows no relay goes on with the container, holds no port, and has the engine publish it where it makes one anew")
    void withoutRelay() {
        ContainerSnapshot container = runsOne();
        rig.relay = RelaySockets.NONE;
        rig.server.run("a", relayed(), PLAIN);
        rig.joinedAgent();
        rig.queue.runFor(Duration.ofSeconds(30));
        assertUntouched(container);
        assertThat(held).isEmpty();
        assertThat(rig.engine.spec(container.id()).ports()).isEmpty();

        rig.server.stop("a");
        rig.server.tell("n1", Subjects.UNDEPLOY_BROADCAST);
        rig.untilState("a", InstanceState.STOPPED);
        run("b", PLAIN);
        rig.untilState("b", InstanceState.RUNNING);
        ContainerSnapshot anew = rig.engine.containers().stream()
                .filter(it -> it.name().equals("knit-b"))
                .findFirst()
                .orElseThrow();
        assertThat(rig.engine.spec(anew.id()).ports()).containsExactly(PLAIN);
    }

    /** In each record of it a field, as a later release may have one. */
    private static void later(JsonNode node) {
        if (node instanceof ObjectNode record) {
            record.put("later_than_this", 7);
        }
        node.forEach(AgentDowngradeTest::later);
    }

    private List<Path> files(String end) throws IOException {
        try (Stream<Path> all = Files.walk(rig.dataDir)) {
            return all.filter(
                            file -> Files.isRegularFile(file) && file.toString().endsWith(end))
                    .toList();
        }
    }

    @Test
    @DisplayName(
            "fields and files that it does not know are left alone, and it goes on by what it knows, server or none")
    void laterFiles() throws IOException {
        ContainerSnapshot container = runsOne();
        Path later = rig.dataDir.resolve("later").resolve("state.json");
        Files.createDirectories(later.getParent());
        Files.writeString(later, "{}");
        for (String name : List.of("agent.json", "assignments.json")) {
            Path file = rig.dataDir.resolve(name);
            JsonNode tree = JSON.readTree(Files.readString(file));
            later(tree);
            Files.writeString(file, tree.toString());
        }
        rig.server.silent = true;
        rig.startAgent().start();
        rig.until(() -> held.contains(80));
        rig.queue.runFor(Duration.ofSeconds(30));
        assertUntouched(container);
        rig.server.silent = false;
        rig.queue.runFor(Duration.ofSeconds(30));
        assertUntouched(container);
        assertThat(later).exists();
    }

    @Test
    @DisplayName(
            "what it kept and can't read any more is as if it were not there: nothing is touched until a server has said")
    void unreadable() throws IOException {
        ContainerSnapshot container = runsOne();
        for (Path spec : files(".json")) {
            if (String.valueOf(spec.getParent()).endsWith("specs")) {
                Files.writeString(spec, "{\"later\":\"form\"}");
            }
        }
        Files.writeString(rig.dataDir.resolve("assignments.json"), "{\"form\":99,\"orders\":{}}");
        rig.server.silent = true;
        rig.startAgent().start();
        rig.queue.runFor(Duration.ofMinutes(2));
        assertUntouched(container);
        assertThat(held).isEmpty();
        rig.server.silent = false;
        rig.until(() -> held.contains(80));
        assertUntouched(container);
    }
}
