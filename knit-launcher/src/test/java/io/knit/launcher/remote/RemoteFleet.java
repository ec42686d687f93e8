package io.knit.launcher.remote;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.client.KnitClient;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.launcher.Typed;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;

/** A real server with two agents, whose engines alone are fakes, at which commands are typed. */
public final class RemoteFleet implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Map<String, FakeEngine> engines = new LinkedHashMap<>();
    private final Path folder;
    private final String url;

    /** @param folder in which all of them keep their files */
    public RemoteFleet(Path folder) {
        this.folder = folder;
        KnitServer server = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(folder.resolve("server"))
                .discovery(FixedDiscovery.none())
                .config("nats-addr", "127.0.0.1:0")
                .build();
        open.push(() -> await(server.close()));
        await(server.start());
        url = Objects.requireNonNull(server.endpoints().get("http"));
        for (String id : new String[] {"n1", "n2"}) {
            join(id, Objects.requireNonNull(server.endpoints().get("transport")));
        }
        Awaitility.await().until(() -> knit("nodes", "-o", "name").out().lines().count() == 2);
    }

    private void join(String id, String transport) {
        ThreadLoop loop = new ThreadLoop(id);
        open.push(loop);
        FakeEngine engine = new FakeEngine(id, loop).withImage("web:1").withImage("nginx:alpine");
        engines.put(id, engine);
        KnitAgent agent = KnitAgent.builder()
                .nodeId(id)
                .dataDir(folder.resolve(id))
                .config("nats-url", transport)
                .runtime(new FakeRuntime(engine, loop))
                .discovery(FixedDiscovery.none())
                .build();
        open.push(() -> await(agent.close()));
        await(agent.start());
    }

    /** The cluster's id. */
    public String cluster() {
        return KnitClient.of(URI.create(url)).nodes().path("cluster").asText();
    }

    public String url() {
        return url;
    }

    public FakeEngine engine(String node) {
        return Objects.requireNonNull(engines.get(node));
    }

    public Typed knit(String... words) {
        return Typed.knit(Map.of("KNIT_SERVER", url), words);
    }

    /** What it printed, where nothing went wrong. */
    public String done(String... words) {
        Typed typed = knit(words);
        assertThat(typed.err()).as(typed.out()).doesNotContain("knit: ");
        assertThat(typed.exitCode()).isZero();
        return typed.out();
    }

    public JsonNode json(String... words) throws IOException {
        return JSON.readTree(done(words));
    }

    /**
     * Waits until a container of this deployment runs, which need not be there yet. A job's own status is {@code running} from the moment in which it was accepted.
     *
     * @param most in which it must be; a command that is a process of its own may need long before it asks for anything
     */
    public void awaitContainer(String deployment, Duration most) {
        Awaitility.await("a container of " + deployment + " runs").atMost(most).until(() -> {
            Typed typed = knit("status", deployment, "-o", "json");
            return typed.exitCode() == 0
                    && JSON.readTree(typed.out())
                            .at("/instances/0/state")
                            .asText()
                            .equals("running");
        });
    }

    /** A file in the fleet's folder. */
    public String file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
        return file.toString();
    }

    /** A spec that is settled as soon as it runs. */
    public static String spec(String name, String more) {
        return "name: " + name + "\nimage: web:1\npull: never\n" + more;
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
