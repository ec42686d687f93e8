package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.KnitServer;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was done, by whom, and what came of it, as the server tells it afterwards. */
class HistoryTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "10.0.0.1");

    @Test
    void whoDidWhatAndWhatCameOfItOutlivesTheServer() {
        SmallFleet fleet = new SmallFleet();
        fleet.agent("n1", "eu");
        fleet.server.run(new Command.Deploy(web("eu").env("KEY", "s3cret").build()), ANN);
        fleet.run(5);
        fleet.server.run(new Command.Deploy(web("mars").build()), ANN);
        fleet.run(5);
        fleet.server.undeploy("web");
        fleet.run(5);
        fleet.server.undeploy("web");
        fleet.run(5);

        fleet.restartServer();

        List<HistoryEntry> entries = history(fleet, HistoryQuery.NEWEST);
        assertThat(entries)
                .extracting(HistoryEntry::command)
                .as("newest first; what changed nothing is not there; at last the server forgot it by itself")
                .containsExactly("", "undeploy web", "deploy web", "deploy web");
        assertThat(entries).extracting(HistoryEntry::deployment).containsOnly("web");
        assertThat(entries.get(3).caller()).isEqualTo(ANN);
        assertThat(entries.get(3).details()).containsEntry("image", "web:1").containsEntry("kind", "deploy");
        assertThat(entries.toString()).doesNotContain("s3cret");
        assertThat(entries.get(2).remarks()).singleElement().asString().contains("region=mars");
        assertThat(entries.get(1).caller()).isEqualTo(Caller.PROGRAM);
        assertThat(entries.get(0).caller()).isNull();
        assertThat(entries.get(0).remarks()).containsExactly("web is gone from every node");
        assertThat(entries).extracting(HistoryEntry::commit).isSortedAccordingTo((a, b) -> Long.compare(b, a));
    }

    /** Neither at the first start, nor at one after it, which finds entries of the wrong time. */
    @Test
    void aClockThatIsWrongByMonthsAtAStartTakesNothing() {
        SmallFleet fleet = new SmallFleet();
        fleet.deploy(web("eu").build());
        for (int start = 0; start < 2; start++) {
            fleet.restartServer(Duration.ofDays(100));
            fleet.deploy(web("mars" + start).build());
        }
        fleet.restartServer();
        fleet.deploy(web("eu").build());
        assertThat(history(fleet, HistoryQuery.NEWEST))
                .extracting(HistoryEntry::command)
                .containsOnly("deploy web")
                .hasSize(4);
    }

    @Test
    void whyOneFitsNowhereIsSaidOfItsFirstMoment() {
        SmallFleet fleet = new SmallFleet();
        fleet.agent("n1", "eu");
        fleet.deploy(web("mars").build());
        fleet.run(5);

        assertThat(history(fleet, HistoryQuery.NEWEST))
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry.remarks()).singleElement().asString().contains("is pending: ", "region=mars"));
        assertThat(fleet.server.eventsAfter(0))
                .filteredOn(event -> "web".equals(event.deployment()))
                .extracting(KnitEvent::message)
                .anyMatch(words -> words.contains("is pending: ") && words.contains("region=mars"));

        long before = fleet.server.lastEvent();
        fleet.restartServer();
        fleet.run(5);
        assertThat(fleet.server.eventsAfter(before))
                .as("what was told before is not told again because of a restart")
                .noneMatch(event -> "web".equals(event.deployment()));
    }

    @Test
    void whatTheServerJudgedIsThereWithItsReason() {
        SmallFleet fleet = new SmallFleet();
        fleet.agent("n1", "eu");
        fleet.deploy(web("eu").build());
        fleet.bus.cut("n1");
        fleet.run(90);

        List<HistoryEntry> entries = history(fleet, HistoryQuery.NEWEST.of("web"));
        assertThat(entries)
                .anySatisfy(entry -> assertThat(entry.remarks()).anyMatch(words -> words.contains("is lost on n1")));
        assertThat(history(fleet, HistoryQuery.NEWEST)).anySatisfy(entry -> {
            assertThat(entry.caller()).isNull();
            assertThat(entry.deployment()).isNull();
            assertThat(entry.remarks()).singleElement().asString().startsWith("n1 is down: ");
        });
    }

    @Test
    void aStoreOfSomebodyElseKeepsNoneAndWorks(@TempDir Path dir) {
        InMemoryStore inner = InMemoryStore.create();
        try (ThreadLoop world = new ThreadLoop("bus")) {
            KnitServer server = Futures.await(KnitServer.builder()
                    .withoutHttp()
                    .dataDir(dir)
                    .store(new OldStore(inner))
                    .transport(new InMemoryBus(world).connect("server"))
                    .discovery(FixedDiscovery.none())
                    .build()
                    .start());
            Futures.await(server.deploy(web("eu").build()));
            assertThat(Futures.failure(server.history(HistoryQuery.NEWEST)).code())
                    .isEqualTo(ErrorCode.NOT_FOUND);
            Futures.await(server.close());
            List<HistoryRow> rows = Futures.await(inner.history("", Long.MAX_VALUE, 10));
            assertThat(rows).isEmpty();
        }
    }

    private static DeploymentSpecBuilder web(String region) {
        return DeploymentSpec.builder("web", "web:1").nodeSelector("region", region);
    }

    private static List<HistoryEntry> history(SmallFleet fleet, HistoryQuery query) {
        Future<List<HistoryEntry>> page = fleet.server.history(query);
        fleet.run(1);
        return Futures.await(page);
    }

    /** A store as they were before there was a history. */
    private record OldStore(Store store) implements Store {
        @Override
        public Future<List<StoredDocument>> load() {
            return store.load();
        }

        @Override
        public Future<Void> commit(List<StoreWrite> writes) {
            return store.commit(writes);
        }

        @Override
        public Future<Void> close() {
            return store.close();
        }
    }
}
