package io.knit.testkit.store;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.testkit.contract.HistoryStoreContract;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.loop.ThreadLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InMemoryStoreTest {
    @Nested
    class AtOnce extends HistoryStoreContract {
        private final InMemoryStorage storage = new InMemoryStorage();

        @Override
        protected Future<? extends Store> open() {
            return InMemoryStore.open(storage);
        }

        @Override
        protected void kill(Store store) {
            ((InMemoryStore) store).kill();
        }
    }

    @Nested
    class OnALoop extends HistoryStoreContract {
        private final InMemoryStorage storage = new InMemoryStorage();
        private final ThreadLoop loop = new ThreadLoop("store-test");

        @Override
        protected Future<? extends Store> open() {
            return InMemoryStore.open(storage, loop);
        }

        @Override
        protected void kill(Store store) {
            ((InMemoryStore) store).kill();
        }

        @Override
        protected void afterClosing() {
            loop.close();
        }
    }

    private static final List<StoreWrite> WRITES = List.of(StoreWrite.put("t", "k", "{}"));

    @Test
    @DisplayName("failNext fails so many commits, which write nothing")
    void failNext() {
        InMemoryStorage storage = new InMemoryStorage().failNext(2);
        InMemoryStore store = await(InMemoryStore.open(storage));
        assertThat(failure(store.commit(WRITES)).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(failure(store.commit(WRITES)).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(storage.documents()).isEmpty();
        await(store.commit(WRITES));
        assertThat(storage.documents()).hasSize(1);
    }

    @Test
    @DisplayName("a crash before the write leaves nothing, a crash after it leaves the write; neither is answered")
    void crashes() {
        Queue<CommitFault> faults = new ArrayDeque<>(List.of(CommitFault.CRASH_BEFORE, CommitFault.CRASH_AFTER));
        AtomicInteger crashes = new AtomicInteger();
        InMemoryStorage storage = new InMemoryStorage().faults(faults::remove).onCrash(crashes::incrementAndGet);
        assertThat(await(InMemoryStore.open(storage)).commit(WRITES).isComplete())
                .isFalse();
        assertThat(storage.documents()).isEmpty();
        assertThat(await(InMemoryStore.open(storage)).commit(WRITES).isComplete())
                .isFalse();
        assertThat(storage.documents()).hasSize(1);
        assertThat(crashes).hasValue(2);
    }

    @Test
    @DisplayName("on a simulated loop a commit takes the storage's time and dies with its process")
    void slowAndKilled() {
        EventQueue queue = new EventQueue(1);
        SimulatedLoop loop = new SimulatedLoop(queue);
        InMemoryStorage storage = new InMemoryStorage().delays(() -> Duration.ofSeconds(1));
        InMemoryStore store = await(InMemoryStore.open(storage, loop));
        Future<Void> first = store.commit(WRITES);
        queue.runFor(Duration.ofMillis(900));
        assertThat(first.isComplete()).isFalse();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(first.succeeded()).isTrue();
        store.commit(List.of(StoreWrite.remove("t", "k")));
        loop.kill();
        store.kill();
        queue.runFor(Duration.ofSeconds(5));
        assertThat(storage.documents()).hasSize(1);
    }
}
