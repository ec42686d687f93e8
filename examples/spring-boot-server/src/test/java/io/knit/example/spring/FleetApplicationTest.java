package io.knit.example.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.Futures;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application as it is started, with an agent on an engine that needs no Docker. */
class FleetApplicationTest {
    @TempDir
    Path data;

    private ConfigurableApplicationContext application() {
        SpringApplication application = new SpringApplication(FleetApplication.class);
        application.setDefaultProperties(Map.of(
                "knit.data-dir", data.resolve("server").toString(),
                "knit.http-addr", "127.0.0.1:0",
                "knit.nats-addr", "127.0.0.1:0"));
        return application.run();
    }

    @Test
    void whatIsDeployedRunsAsLongAsTheContextDoes() {
        KnitClient client;
        ConfigurableApplicationContext context = application();
        try (ThreadLoop loop = new ThreadLoop("engine")) {
            KnitServer knit = context.getBean(KnitServer.class);
            assertThat(knit.ready()).isTrue();
            client = KnitClient.of(
                    URI.create(Objects.requireNonNull(knit.endpoints().get("http"))));
            KnitAgent agent = KnitAgent.builder()
                    .dataDir(data.resolve("agent"))
                    .runtime(new FakeRuntime(new FakeEngine("engine", loop), loop))
                    .config("nats-url", Objects.requireNonNull(knit.endpoints().get("transport")))
                    .build();
            Futures.await(agent.start());
            JsonNode spec =
                    JsonNodeFactory.instance.objectNode().put("name", "hello").put("image", "nginx:alpine");

            client.deploy(spec, ChangeTerms.none().waiting(Duration.ofSeconds(20)));

            assertThat(client.deployment("hello").path("status").asText()).isEqualTo("running");
            Futures.await(agent.close());
        } finally {
            context.close();
        }
        assertThatThrownBy(client::deployments).isInstanceOf(KnitClientException.class);
    }
}
