package io.knit.core.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.ServerTiming;
import io.knit.api.error.ErrorCode;
import io.knit.api.spi.store.BackupStore;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.server.events.EventFeed;
import io.knit.core.server.hooks.EmbedderHooks;
import io.knit.core.server.webhook.delivery.Post;
import io.knit.core.wiring.SecretsKeys;
import io.knit.testkit.Futures;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a server founds a cluster. */
class FoundingTest {
    private final EventQueue queue = new EventQueue(1);
    private final InMemoryBus bus = new InMemoryBus(new SimulatedLoop(queue));
    private final Mark mark = new Mark();
    private int starts;

    private static final class Mark implements ClusterMark {
        @Nullable
        String kept;

        @Override
        public Optional<String> cluster() {
            return Optional.ofNullable(kept);
        }

        @Override
        public void keep(String cluster) {
            kept = cluster;
        }
    }

    private Future<Void> start(Store store, boolean newCluster) {
        return start(store, newCluster, Path.of("none"));
    }

    private Future<Void> start(Store store, boolean newCluster, Path dataDir) {
        starts++;
        ServerCore server = new ServerCore(new ServerParts(
                new SimulatedLoop(queue),
                new SimulatedLoop(queue),
                new SeededIds(new Random(starts)),
                store,
                bus.connect("server" + starts),
                FixedDiscovery.none(),
                ServerTiming.DEFAULT,
                false,
                newCluster,
                mark,
                SecretsKeys.of(Map.of(), Path.of("none")),
                dataDir,
                Post.NONE,
                (spec, files) -> spec,
                List.of(),
                EmbedderHooks.NONE,
                new EventFeed()));
        Future<Void> started = server.start();
        queue.runFor(Duration.ofSeconds(1));
        server.close();
        queue.runFor(Duration.ofSeconds(1));
        return started;
    }

    @Test
    @DisplayName("an empty store where there was a cluster is refused, unless it is meant; and nothing is written")
    void emptyWhereThereWasOne() {
        InMemoryStore first = InMemoryStore.create();
        assertThat(start(first, false).succeeded()).isTrue();
        String cluster = mark.kept;
        assertThat(cluster).isNotEmpty();
        assertThat(start(first, false).succeeded()).isTrue();

        InMemoryStore empty = InMemoryStore.create();
        Future<Void> refused = start(empty, false);
        assertThat(Futures.failure(refused).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(Futures.failure(refused).getMessage()).contains(String.valueOf(cluster), "--new-cluster", "backup");
        assertThat(empty.load().result()).isEmpty();

        assertThat(start(empty, true).succeeded()).isTrue();
        assertThat(mark.kept).isNotEqualTo(cluster);
    }

    /** What makes copies. */
    private record Copied(InMemoryStore store) implements BackupStore {
        @Override
        public Future<List<StoredDocument>> load() {
            return store.load();
        }

        @Override
        public Future<Void> commit(List<StoreWrite> writes) {
            return store.commit(writes);
        }

        @Override
        public Future<Void> backUp(Path into) {
            return Future.failedFuture("not asked for");
        }
    }

    @Test
    @DisplayName("a server that starts removes what a backup has left that one before it was killed in")
    void unfinishedBackup(@TempDir Path dataDir) throws IOException {
        Path left = Files.createDirectory(dataDir.resolve("backup.tmp")).resolve("some.zip");
        Files.writeString(left, "secret");
        assertThat(start(new Copied(InMemoryStore.create()), false, dataDir).succeeded())
                .isTrue();
        assertThat(left).doesNotExist();
    }

    @Test
    @DisplayName("a store with a cluster is used as it is, with or without the word, also where nothing was remembered")
    void fullStore() {
        InMemoryStore store = InMemoryStore.create();
        start(store, false);
        String cluster = mark.kept;
        assertThat(start(store, true).succeeded()).isTrue();
        assertThat(mark.kept).isEqualTo(cluster);
        mark.kept = null;
        assertThat(start(store, false).succeeded()).isTrue();
        assertThat(mark.kept).isEqualTo(cluster);
    }
}
