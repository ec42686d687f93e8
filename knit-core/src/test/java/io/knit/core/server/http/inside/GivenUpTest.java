package io.knit.core.server.http.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.core.server.Fixtures;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import io.knit.core.server.inside.Pipe;
import io.knit.core.wire.Features;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What agents are asked for is asked as long as somebody waits for it: an engine may be minutes behind, and an agent gives so much at once. */
class GivenUpTest {
    private static ApiServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new ApiServer();
        node("n1");
        node("n2");
        server.orchestrator.put(
                DeploymentSpec.builder("web", "x:1").build(),
                DeploymentStatus.RUNNING,
                List.of(running("web-0-a", 0), running("web-1-b", 1)));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static void node(String id) {
        Node node = Fixtures.node(id, Map.of());
        server.orchestrator.node(node.with(Fixtures.able(node.facts(), List.of(Features.IMAGE_LIST))));
    }

    private static Instance running(String id, int slot) {
        return Fixtures.on("n1", Fixtures.pending(id, "web", 1, slot), InstanceState.RUNNING);
    }

    /** How many agents are asked, and of how many no answer is wanted any more when who asked has gone. */
    @ParameterizedTest
    @DisplayName("who goes away takes his questions with him, but what he had removed is removed")
    @CsvSource({
        "GET, /instances/web-0-a/stats, 1, 1",
        "GET, /deployments/web/stats, 2, 2",
        "GET, /nodes/n1/stats, 1, 1",
        "GET, /images, 2, 2",
        "GET, /dashboard/nodes/n1/images, 1, 1",
        "DELETE, /images, 2, 0",
    })
    void goes(String method, String path, int asked, int cancelled) throws Exception {
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger left = new AtomicInteger();
        server.inside.opening = (request, reader) -> {
            opened.incrementAndGet();
            return new Waiting(left);
        };
        try (RawHttp client = new RawHttp(server.api.port())) {
            client.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await().until(() -> opened.get() == asked);
            assertThat(left).hasValue(0);
        }
        // that of who asks for the figure
        await().until(() -> figure("knit_http_connections") == 1);
        await().untilAsserted(() -> assertThat(left).hasValue(cancelled));
    }

    private static long figure(String name) throws Exception {
        return server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .sum();
    }

    /** Of an agent that has not answered yet. */
    private record Waiting(AtomicInteger left) implements Pipe {
        @Override
        public Future<Void> write(int channel, byte[] bytes) {
            return Future.succeededFuture();
        }

        @Override
        public void end() {}

        @Override
        public void cancel() {
            left.incrementAndGet();
        }
    }
}
