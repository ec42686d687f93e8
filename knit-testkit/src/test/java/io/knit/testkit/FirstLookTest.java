package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.KnitServer;
import io.knit.core.KnitServerBuilder;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a server that starts decides about what waits in its store: here about an instance that is missing. */
class FirstLookTest {
    private final ThreadLoop world = new ThreadLoop("bus");
    private final InMemoryBus bus = new InMemoryBus(world);
    private final InMemoryStore store = InMemoryStore.create();
    private final Vertx vertx = Vertx.vertx();
    private int servers;

    @TempDir
    private Path dir;

    /** Whether an address is this host's is asked, and not answered: so the API does not come to listen. */
    private static final class Silent implements Discovery {
        @Override
        public Future<List<Peer>> peers() {
            return Future.succeededFuture(List.of());
        }

        @Override
        public Future<Optional<Peer>> self() {
            return Promise.<Optional<Peer>>promise().future();
        }
    }

    private KnitServerBuilder server() {
        servers++;
        return KnitServer.builder()
                .withoutHttp()
                .dataDir(dir)
                .vertx(vertx)
                .store(store)
                .transport(bus.connect("server" + servers))
                .discovery(FixedDiscovery.none());
    }

    private static DeploymentSpec spec(String name) {
        return DeploymentSpec.builder(name, "nginx:1.27").build();
    }

    private List<StoredDocument> instances() {
        return store.load().result().stream()
                .filter(document -> document.table().equals("instance"))
                .toList();
    }

    /** It has read the store. */
    private KnitServer waitingForItsApi() {
        KnitServer server =
                server().discovery(new Silent()).httpAddress("203.0.113.1:8080").build();
        server.start();
        await().ignoreExceptions().until(() -> server.snapshot().deployments().size() == 1);
        return server;
    }

    @BeforeEach
    void loseAnInstance() {
        KnitServer first = Futures.await(server().build().start());
        Futures.await(first.deploy(spec("web")));
        Futures.await(first.close());
        assertThat(instances()).hasSize(1);
        Futures.await(store.commit(instances().stream()
                .map(document -> StoreWrite.remove(document.table(), document.key()))
                .toList()));
        assertThat(instances()).isEmpty();
    }

    @AfterEach
    void close() {
        Futures.await(vertx.close());
        world.close();
    }

    @Test
    @DisplayName("nothing is decided for its sake before the API listens: who asks need not wait for many decisions")
    void afterTheApi() {
        KnitServer waiting = waitingForItsApi();
        // the loop has come round by then
        for (int turns = 0; turns < 10; turns++) {
            Futures.await(waiting.plan(new Command.Deploy(spec("other")), Caller.PROGRAM));
        }
        assertThat(instances()).isEmpty();
        Futures.await(waiting.close());

        KnitServer next = Futures.await(server().build().start());
        await().until(() -> instances().size() == 1);
        Futures.await(next.close());
    }

    @Test
    @DisplayName("what comes before that is decided together with it, so that it takes no room from what waits longer")
    void withWhatComesFirst() {
        KnitServer waiting = waitingForItsApi();
        Futures.await(waiting.deploy(spec("other")));
        assertThat(instances()).hasSize(2);
        Futures.await(waiting.close());
    }
}
