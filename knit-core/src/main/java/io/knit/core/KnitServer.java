package io.knit.core;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.KnitEvent;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A Knit server in this JVM: it decides what runs where. Several may live in one JVM. Thread-safe.
 *
 * <pre>{@code
 * KnitServer.builder().build().start()
 *     .compose(server -> server.deploy(DeploymentSpec.builder("hello", "nginx:alpine").port(80).build()));
 * }</pre>
 */
public final class KnitServer implements Orchestrator {
    KnitServer(KnitServerBuilder settings) {}

    public static KnitServerBuilder builder() {
        return new KnitServerBuilder();
    }

    /** Loads the state, connects, listens. Once only; a failed start gives back all it took. */
    public Future<KnitServer> start() {
        return Future.failedFuture("not written");
    }

    /** Stops listening and deciding; what runs on the nodes runs on. May be called more than once. */
    public Future<Void> close() {
        return Future.succeededFuture();
    }

    /** What listens where, by name ({@code http}, {@code nats}): {@code http://127.0.0.1:8080}. Empty before the start. */
    public Map<String, String> endpoints() {
        return Map.of();
    }

    @Override
    public Future<DeploymentView> deploy(DeploymentSpec spec) {
        return Future.failedFuture("not written");
    }

    @Override
    public Future<DeploymentView> undeploy(String name) {
        return Future.failedFuture("not written");
    }

    @Override
    public ClusterSnapshot snapshot() {
        throw new IllegalStateException();
    }

    @Override
    public List<KnitEvent> eventsAfter(long afterSeq) {
        return List.of();
    }

    @Override
    public Registration listen(Consumer<KnitEvent> listener) {
        return () -> {};
    }

    @Override
    public boolean ready() {
        return false;
    }
}
