package com.example.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Peer;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.Futures;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.netty.util.Version;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server and agent in one JVM, with a plugin of this project's own; only the engine is a fake. */
class FleetTest {
    @TempDir
    Path data;

    @Test
    void deploys() {
        try (ThreadLoop loop = new ThreadLoop("engine")) {
            FakeEngine engine = new FakeEngine("engine", loop).withImage("nginx:alpine");
            KnitServer server = KnitServer.builder()
                    .withoutHttp()
                    .dataDir(data.resolve("server"))
                    .config("nats-addr", "127.0.0.1:0")
                    .build();
            try {
                Futures.await(server.start());
                await().untilAsserted(() -> assertThat(server.snapshot().peers())
                        .extracting(Peer::hostname)
                        .contains("rack-1", "rack-2"));

                KnitAgent agent = KnitAgent.builder()
                        .dataDir(data.resolve("agent"))
                        .runtime(new FakeRuntime(engine, loop))
                        .config("nats-url", server.endpoints().get("transport"))
                        .build();
                try {
                    Futures.await(agent.start());
                    Futures.await(server.deploy(DeploymentSpec.builder("hello", "nginx:alpine").port(80).build()));
                    await().until(() -> engine.containers().size() == 1);
                } finally {
                    Futures.await(agent.close());
                }
            } finally {
                Futures.await(server.close());
            }
        }
    }

    /** Without the BOM a project gets two versions of Netty side by side. */
    @Test
    void oneVersionOfNetty() {
        assertThat(Version.identify().values().stream().map(Version::artifactVersion).distinct()).hasSize(1);
    }
}
