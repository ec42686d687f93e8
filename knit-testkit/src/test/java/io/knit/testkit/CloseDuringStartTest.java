package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Closing while the start is under way, after each of its steps: in one thread nothing is left exactly when no event is left. */
class CloseDuringStartTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final InMemoryBus bus = new InMemoryBus(new SimulatedLoop(queue));

    static IntStream steps() {
        return IntStream.rangeClosed(0, 25);
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            queue.step();
        }
    }

    private void assertNothingRuns(Future<?> start, Future<Void> close) {
        queue.runFor(Duration.ofMinutes(10));
        assertThat(queue.step()).as("something still runs").isFalse();
        assertThat(close.succeeded()).isTrue();
        assertThat(start.isComplete()).isTrue();
        if (start.failed()) {
            assertClosed(start.cause());
        }
    }

    private static void assertClosed(Throwable why) {
        assertThat(why).isInstanceOf(KnitException.class).hasMessageContaining("was closed before it had started");
        assertThat(((KnitException) why).code()).isEqualTo(ErrorCode.CLOSED);
    }

    @ParameterizedTest(name = "after {0} steps")
    @MethodSource("steps")
    @DisplayName("a server closed while it starts says so, and nothing of it runs on")
    void server(int count) {
        KnitServer server = server();
        Future<KnitServer> start = server.start();
        steps(count);
        boolean before = start.isComplete();
        Future<Void> close = server.close();
        assertNothingRuns(start, close);
        assertThat(start.succeeded()).isEqualTo(before);
        assertThat(server.ready()).isFalse();
    }

    private KnitServer server() {
        InMemoryStorage storage = new InMemoryStorage();
        storage.delays(() -> Duration.ofMillis(5));
        return KnitServer.builder()
                .withoutHttp()
                .loop(loop)
                .ids(new SeededIds(new Random(2)))
                .store(InMemoryStore.open(storage, loop).result())
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build();
    }

    @ParameterizedTest(name = "after {0} steps")
    @MethodSource("steps")
    @DisplayName("an agent closed while it starts says so, runs nothing on, and gives its folder back")
    void agent(int count) throws Exception {
        try (FileSystem disk = Jimfs.newFileSystem(
                Configuration.unix().toBuilder().setAttributeViews("posix").build())) {
            KnitAgent agent = agent(disk);
            Future<KnitAgent> start = agent.start();
            steps(count);
            boolean before = start.isComplete();
            Future<Void> close = agent.close();
            assertNothingRuns(start, close);
            assertThat(start.succeeded()).isEqualTo(before);
            assertThat(agent.ended().isComplete()).isTrue();

            Future<KnitAgent> next = agent(disk).start();
            queue.runFor(Duration.ofSeconds(5));
            assertThat(next.succeeded()).as("%s", next.cause()).isTrue();
        }
    }

    private KnitAgent agent(FileSystem disk) {
        SimulatedLoop own = new SimulatedLoop(queue);
        return KnitAgent.builder()
                .nodeId("n1")
                .hostname("n1")
                .loop(own)
                .ids(new SeededIds(new Random(3)))
                .transport(bus.connect("n1"))
                .runtime(new FakeRuntime(new FakeEngine("n1", new SimulatedLoop(queue)), own))
                .discovery(FixedDiscovery.none())
                .dataDir(disk.getPath("/data"))
                .build();
    }

    @Test
    @DisplayName("a start that waits for a store which never answers ends with the close, its own Vert.x too")
    void neverAnswered() {
        Promise<List<StoredDocument>> never = Promise.promise();
        Store silent = new Store() {
            @Override
            public Future<List<StoredDocument>> load() {
                return never.future();
            }

            @Override
            public Future<Void> commit(List<StoreWrite> writes) {
                return Future.succeededFuture();
            }
        };
        KnitServer server = KnitServer.builder()
                .withoutHttp()
                .store(silent)
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build();
        Future<KnitServer> start = server.start();
        Futures.await(server.close());
        assertClosed(Futures.failure(start));
    }

    @Test
    @DisplayName("a server that was closed is not started")
    void closedBefore() {
        KnitServer server = server();
        server.close();
        assertClosed(Futures.failure(server.start()));
    }
}
