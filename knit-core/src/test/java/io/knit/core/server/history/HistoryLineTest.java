package io.knit.core.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.HistoryQuery;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.HistoryStore;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.loop.VertxLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** However many want to read the history, few do at a time. */
class HistoryLineTest {
    private final Vertx vertx = Vertx.vertx();
    private final Loop loop = new VertxLoop(vertx);
    private final SlowStore store = new SlowStore();
    private final History history = new History(loop, store, Instant::now);

    @AfterEach
    void close() {
        vertx.close();
    }

    /** Each page is given when the test says so. */
    private static final class SlowStore implements Store, HistoryStore {
        private final List<Promise<List<HistoryRow>>> asked = new ArrayList<>();
        private boolean isBroken;

        @Override
        public Future<List<StoredDocument>> load() {
            return Future.succeededFuture(List.of());
        }

        @Override
        public Future<Void> commit(List<StoreWrite> writes, List<HistoryRow> rows) {
            return Future.succeededFuture();
        }

        @Override
        public Future<List<HistoryRow>> history(String deployment, long before, int limit) {
            if (isBroken) {
                throw new NoSuchMethodError("built for another API");
            }
            Promise<List<HistoryRow>> page = Promise.promise();
            asked.add(page);
            return page.future();
        }

        @Override
        public Future<Void> forgetHistory(Instant before, int most) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    private List<Future<?>> read(int many) {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            all.add(i % 2 == 0 ? history.read(HistoryQuery.NEWEST) : history.past("web", Instant.EPOCH));
        }
        return all;
    }

    @Test
    @DisplayName("the store is asked for a few pages at a time, the next when one is there, also after one that failed")
    void fewAtATime() {
        List<Future<?>> all = read(10);
        assertThat(store.asked).hasSize(HistoryLine.AT_ONCE);
        for (int i = 0; i < 10; i++) {
            if (i % 3 == 0) {
                store.asked.get(i).fail("broken on purpose");
            } else {
                store.asked.get(i).complete(List.of());
            }
            assertThat(store.asked).hasSize(Math.min(10, HistoryLine.AT_ONCE + i + 1));
            assertThat(all.get(i).isComplete()).isTrue();
        }
        assertThat(all.stream().filter(Future::failed)).hasSize(4);
        read(5);
        assertThat(store.asked).hasSize(10 + HistoryLine.AT_ONCE);
    }

    @Test
    @DisplayName("where too many wait the next is told so, and gets in when there is room again")
    void full() {
        int most = HistoryLine.AT_ONCE + HistoryLine.IN_LINE;
        assertThat(read(most)).noneMatch(Future::isComplete);
        assertThat(history.read(HistoryQuery.NEWEST).cause())
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY))
                .hasMessageContaining("ask again in a moment");
        store.asked.get(0).complete(List.of());
        assertThat(history.read(HistoryQuery.NEWEST).isComplete()).isFalse();
        assertThat(store.asked).hasSize(HistoryLine.AT_ONCE + 1);
    }

    @Test
    @DisplayName("a store that throws an error, and no exception, has failed, and the places are free again")
    void throwsAnError() {
        store.isBroken = true;
        assertThat(read(2 * HistoryLine.AT_ONCE))
                .allSatisfy(each -> assertThat(each.cause()).hasMessage("built for another API"));
        store.isBroken = false;
        read(1);
        assertThat(store.asked).hasSize(1);
    }
}
