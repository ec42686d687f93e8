package io.knit.example.embedded;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.KnitEvent;
import io.knit.core.KnitAgent;
import io.knit.core.KnitAgentBuilder;
import io.knit.core.KnitServer;
import io.knit.core.KnitServerBuilder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A server and an agent in one JVM: deploys, waits until it runs, undeploys, and tells every event on the way. */
public final class EmbeddedServer {
    private final KnitServer server;
    private final KnitAgentBuilder agentSettings;
    private final Consumer<String> listener;

    EmbeddedServer(KnitServerBuilder serverSettings, KnitAgentBuilder agentSettings, Consumer<String> listener) {
        // the broker takes a free port; there is no HTTP, for nobody needs it here
        this.server =
                serverSettings.withoutHttp().config("nats-addr", "127.0.0.1:0").build();
        this.agentSettings = agentSettings;
        this.listener = listener;
    }

    public static void main(String[] args) throws IOException {
        Path data = Files.createTempDirectory("knit-embedded");
        DeploymentSpec hello =
                DeploymentSpec.builder("hello", "nginx:alpine").port(80).build();
        new EmbeddedServer(
                        KnitServer.builder().dataDir(data.resolve("server")),
                        KnitAgent.builder().dataDir(data.resolve("agent")),
                        System.out::println)
                .run(hello)
                .onFailure(e -> System.err.println(e.getMessage()));
    }

    /** Succeeds when all is done and closed; the server and the agent are closed in any case. */
    Future<Void> run(DeploymentSpec spec) {
        return server.start().compose(started -> withAgent(spec)).eventually(server::close);
    }

    private Future<Void> withAgent(DeploymentSpec spec) {
        server.listen(event -> listener.accept(event.seq() + " " + event.type() + ": " + event.message()));
        String broker = Objects.requireNonNull(server.endpoints().get("transport"), "transport");
        KnitAgent agent = agentSettings.config("nats-url", broker).build();
        return agent.start()
                .compose(started -> agent.joined())
                .compose(joined -> deployAndUndeploy(spec))
                .eventually(agent::close);
    }

    private Future<Void> deployAndUndeploy(DeploymentSpec spec) {
        Future<KnitEvent> runs = next(event -> event.type().equals("instance.running"));
        Future<KnitEvent> gone = next(event -> event.type().equals("deployment.deleted"));
        return server.deploy(spec)
                .compose(accepted -> runs)
                .compose(running -> server.undeploy(spec.name()))
                .compose(accepted -> gone)
                .mapEmpty();
    }

    /** The next event of this kind. */
    private Future<KnitEvent> next(Predicate<KnitEvent> kind) {
        Promise<KnitEvent> found = Promise.promise();
        var registration = server.listen(event -> {
            if (kind.test(event)) {
                found.tryComplete(event);
            }
        });
        return found.future().onComplete(done -> registration.remove());
    }
}
