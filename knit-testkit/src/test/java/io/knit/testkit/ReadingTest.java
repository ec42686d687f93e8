package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.KnitServer;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reading never waits for deciding: while the control loop stands still, everything that is read is answered. */
@Timeout(60)
class ReadingTest {
    @TempDir
    private Path dir;

    /** One event loop for all of Knit's connections: the control loop must not be on it. */
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

    private final ThreadLoop world = new ThreadLoop("bus");
    private final InMemoryBus bus = new InMemoryBus(world);
    private final HeldStore store = new HeldStore();
    private final HttpClient client = HttpClient.newHttpClient();
    private KnitServer server;

    @BeforeEach
    void start() {
        server = Futures.await(KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .dataDir(dir)
                .vertx(vertx)
                .store(store)
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build()
                .start());
    }

    @AfterEach
    void close() {
        store.release();
        Futures.await(server.close());
        Futures.await(vertx.close());
        world.close();
    }

    @Test
    void everythingThatIsReadIsAnsweredWhileTheControlLoopStandsStill() throws Exception {
        await().until(server::ready);
        Futures.await(server.deploy(spec("before")));
        store.hold();
        Future<?> held = server.deploy(spec("meanwhile"));
        store.awaitHeld();

        for (String path : List.of(
                "/nodes",
                "/deployments",
                "/deployments/before",
                "/metrics",
                "/ping",
                "/readyz",
                "/dashboard",
                "/dashboard/fragments")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(200);
        }
        assertThat(get("/deployments/meanwhile").statusCode()).isEqualTo(404);
        try (InputStream events = open("/events?after=0")) {
            assertThat(firstEvent(events)).contains("deployment.created").contains("before");
        }

        assertThat(held.isComplete()).as("the loop stood still all the while").isFalse();
        store.release();
        Futures.await(held);
        assertThat(get("/deployments/meanwhile").statusCode()).isEqualTo(200);
    }

    @Test
    void whoFollowsIsNotResetByARolloutOfAThousand() throws Exception {
        await().until(server::ready);
        try (InputStream events = open("/events?after=0")) {
            Futures.await(server.deploy(DeploymentSpec.builder("web", "nginx:alpine")
                    .replicas(1_000)
                    .build()));
            // more than were kept once
            await().until(() -> server.lastEvent() > 1_000);
            long newest = server.lastEvent();
            BufferedReader lines = new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8));
            for (long next = 1; next <= newest; next++) {
                String line = lines.readLine();
                while (!line.startsWith("id:")) {
                    assertThat(line).doesNotContain("reset");
                    line = lines.readLine();
                }
                assertThat(line).isEqualTo("id: " + next);
            }
        }
    }

    private static DeploymentSpec spec(String name) {
        return DeploymentSpec.builder(name, "nginx:alpine").build();
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(server.endpoints().get("http") + path))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path), BodyHandlers.ofString());
    }

    private InputStream open(String path) throws Exception {
        return client.send(request(path), BodyHandlers.ofInputStream()).body();
    }

    private static String firstEvent(InputStream events) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (!line.startsWith("data:")) {
            line = lines.readLine();
        }
        return line;
    }

    /** Keeps whoever commits waiting on the spot, as no store may. */
    private static final class HeldStore implements Store {
        private final InMemoryStore store = InMemoryStore.create();
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private volatile boolean holding;

        void hold() {
            holding = true;
        }

        void awaitHeld() throws InterruptedException {
            assertThat(held.await(20, TimeUnit.SECONDS)).as("a commit came").isTrue();
        }

        void release() {
            released.countDown();
        }

        @Override
        public Future<List<StoredDocument>> load() {
            return store.load();
        }

        @Override
        public Future<Void> commit(List<StoreWrite> writes) {
            if (holding) {
                held.countDown();
                try {
                    assertThat(released.await(50, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return store.commit(writes);
        }

        @Override
        public Future<Void> close() {
            return store.close();
        }
    }
}
