package io.knit.launcher.attack;

import static io.knit.testkit.Futures.await;

import io.knit.api.model.Node;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.core.KnitServerBuilder;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;

/** A real server with SQLite and NATS, and real agents; only their container engines are fakes. */
final class TestCluster implements AutoCloseable {
    private final Path folder;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    final KnitServer server;

    TestCluster(Path folder, Map<String, String> config) {
        this.folder = folder;
        KnitServerBuilder builder = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(folder.resolve("server"))
                .discovery(FixedDiscovery.none());
        config.forEach(builder::config);
        server = builder.build();
        open.push(() -> await(server.close()));
        await(server.start());
    }

    String natsUrl() {
        return Objects.requireNonNull(server.endpoints().get("transport"));
    }

    Path dataOf(String agent) {
        return folder.resolve(agent);
    }

    /** An agent that has joined. */
    KnitAgent joined(String id, Map<String, String> config) {
        KnitAgent agent = started(id, id, config);
        await(agent.joined());
        return agent;
    }

    /** An agent that tries to join. */
    KnitAgent started(String id, String data, Map<String, String> config) {
        ThreadLoop loop = new ThreadLoop(data);
        open.push(loop);
        FakeEngine engine = new FakeEngine(data, loop).withImage("web:1");
        var builder = KnitAgent.builder()
                .nodeId(id)
                .hostname(id + "-host")
                .label("name", id)
                .dataDir(dataOf(data))
                .runtime(new FakeRuntime(engine, loop))
                .discovery(FixedDiscovery.none());
        config.forEach(builder::config);
        if (!config.containsKey("nats-url")) {
            builder.config("nats-url", natsUrl());
        }
        KnitAgent agent = builder.build();
        open.push(() -> await(agent.close()));
        return await(agent.start());
    }

    Node node(String id) {
        return server.snapshot().nodes().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    boolean knows(String id) {
        return server.snapshot().nodes().stream().anyMatch(node -> node.id().equals(id));
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
