package io.knit.testkit.contract;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.HistoryStore;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a {@link HistoryStore} must do, which includes all that a store must. */
public abstract class HistoryStoreContract extends StoreContract {
    private static final Instant THEN = Instant.parse("2026-11-26T12:00:00.123Z");
    private static final long ALL = Long.MAX_VALUE;

    private HistoryStore openedHistory() {
        return (HistoryStore) opened();
    }

    private static HistoryRow row(long number, String deployment) {
        return new HistoryRow(number, THEN.plusSeconds(number), deployment, "{\"n\":" + number + "}");
    }

    private static List<HistoryRow> all(HistoryStore store) {
        return await(store.history("", ALL, 1_000));
    }

    private static List<Long> numbers(List<HistoryRow> rows) {
        return rows.stream().map(HistoryRow::number).toList();
    }

    @Test
    @DisplayName("1. rows are there with the writes of their commit, also after the process is killed")
    void rowsAreKept() {
        HistoryStore first = openedHistory();
        HistoryRow odd = new HistoryRow(7, THEN, "web", "{\"text\":\"it's \\\"quoted\\\" ? $1 äöü 漢字 🚢\\n\"}");
        await(first.commit(List.of(StoreWrite.put("node", "a", "{}")), List.of(odd)));
        await(first.commit(List.of(), List.of(row(8, ""))));
        kill(first);
        HistoryStore second = openedHistory();
        assertThat(all(second)).containsExactly(row(8, ""), odd);
        assertThat(await(second.load())).containsExactly(new StoredDocument("node", "a", "{}"));
    }

    @Test
    @DisplayName("1. rows are not there without the writes of their commit when the process is killed in the middle")
    void rowsComeWithTheirWrites() {
        for (int round = 1; round <= 5; round++) {
            HistoryStore store = openedHistory();
            String body = "{\"round\":" + round + "}";
            List<StoreWrite> writes = IntStream.range(0, 300)
                    .mapToObj(i -> StoreWrite.put("part", "key" + i, body))
                    .toList();
            store.commit(writes, List.of(row(round, "web")));
            kill(store);
            HistoryStore next = openedHistory();
            boolean written = await(next.load()).stream()
                    .anyMatch(document -> document.body().equals(body));
            assertThat(numbers(all(next)).contains((long) round)).isEqualTo(written);
            kill(next);
        }
    }

    @Test
    @DisplayName("2. a commit can be repeated")
    void aRowTakesTheSameNumbersPlace() {
        HistoryStore store = openedHistory();
        await(store.commit(List.of(), List.of(row(1, "web"), row(2, "web"))));
        await(store.commit(List.of(), List.of(row(2, "web"), row(3, "web"))));
        assertThat(all(store)).containsExactly(row(3, "web"), row(2, "web"), row(1, "web"));
    }

    @Test
    @DisplayName("3. pages go backwards, of all or of one deployment")
    void pages() {
        HistoryStore store = openedHistory();
        List<Future<Void>> commits = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            commits.add(store.commit(
                    List.of(StoreWrite.put("t", "last", "{}")), List.of(row(i * 10L, i % 3 == 0 ? "web" : ""))));
        }
        await(Future.all(commits));
        assertThat(numbers(await(store.history("", ALL, 3)))).containsExactly(300L, 290L, 280L);
        assertThat(numbers(await(store.history("", 280, 2)))).containsExactly(270L, 260L);
        assertThat(numbers(await(store.history("web", ALL, 2)))).containsExactly(300L, 270L);
        assertThat(numbers(await(store.history("web", 265, 100))))
                .containsExactly(240L, 210L, 180L, 150L, 120L, 90L, 60L, 30L);
        assertThat(await(store.history("api", ALL, 10))).isEmpty();
        assertThat(await(store.history("", 10, 10))).isEmpty();
    }

    @Test
    @DisplayName("3. a closed store fails with CLOSED or STORE_UNAVAILABLE")
    void aClosedStoreTellsNothing() {
        HistoryStore closed = openedHistory();
        await(closed.close());
        assertThatThrownBy(() -> all(closed))
                .isInstanceOfSatisfying(
                        KnitException.class,
                        e -> assertThat(e.code()).isIn(ErrorCode.CLOSED, ErrorCode.STORE_UNAVAILABLE));
    }

    @Test
    @DisplayName("4. what is too old or too much is forgotten, and nothing else")
    void forgets() {
        HistoryStore store = openedHistory();
        await(store.commit(
                List.of(StoreWrite.put("t", "a", "{}")),
                IntStream.rangeClosed(1, 100).mapToObj(i -> row(i, "web")).toList()));

        await(store.forgetHistory(THEN, 100));
        assertThat(all(store)).hasSize(100);
        await(store.forgetHistory(THEN.plus(Duration.ofSeconds(11)), 100));
        assertThat(numbers(all(store))).hasSize(90).endsWith(11L);
        await(store.forgetHistory(THEN, 3));
        assertThat(numbers(all(store))).containsExactly(100L, 99L, 98L);
        await(store.forgetHistory(THEN, 0));
        assertThat(all(store)).isEmpty();
        assertThat(await(store.load())).hasSize(1);
    }

    @Test
    @DisplayName("5. rows are no documents")
    void rowsAreNotLoaded() {
        HistoryStore store = openedHistory();
        await(store.commit(List.of(), List.of(row(1, "web"))));
        assertThat(await(store.load())).isEmpty();
        List<StoredDocument> found = new ArrayList<>();
        await(store.each(found::add));
        assertThat(found).isEmpty();
    }
}
