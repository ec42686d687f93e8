package io.knit.example.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.Futures;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verticle on a Vert.x of the test's, with an agent on an engine that needs no Docker. */
class FleetVerticleTest {
    @TempDir
    Path data;

    private static String page(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void whatIsDeployedRunsAndTheApplicationSaysSo() throws Exception {
        Vertx vertx = Vertx.vertx();
        FleetVerticle fleet = new FleetVerticle(
                KnitServer.builder()
                        .dataDir(data.resolve("server"))
                        .httpAddress("127.0.0.1:0")
                        .config("nats-addr", "127.0.0.1:0"),
                0);
        try (ThreadLoop loop = new ThreadLoop("engine")) {
            String id = Futures.await(vertx.deployVerticle(fleet));
            KnitServer knit = fleet.knit();
            assertThat(page(fleet.port())).isEmpty();
            KnitAgent agent = KnitAgent.builder()
                    .dataDir(data.resolve("agent"))
                    .runtime(new FakeRuntime(new FakeEngine("engine", loop), loop))
                    .config("nats-url", Objects.requireNonNull(knit.endpoints().get("transport")))
                    .build();
            Futures.await(agent.start());

            Futures.await(
                    knit.deploy(DeploymentSpec.builder("hello", "nginx:alpine").build())
                            .compose(made -> knit.awaitRunning(made.name(), Duration.ofSeconds(20))));

            assertThat(page(fleet.port())).isEqualTo("hello is running\n");
            Futures.await(agent.close());
            Futures.await(vertx.undeploy(id));
            assertThat(knit.ready()).isFalse();
            assertThat(Futures.await(vertx.executeBlocking(() -> "the Vert.x is still there")))
                    .isNotEmpty();
        } finally {
            Futures.await(vertx.close());
        }
    }
}
