package io.knit.testkit.contract;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a {@link Store} must do. Each test begins with an empty storage. */
public abstract class StoreContract {
    private static final int LARGEST_BODY = 4 * 1024 * 1024;

    private final List<Store> opened = new ArrayList<>();

    /** Opens the storage of this test: what one store wrote, the next one opened finds. */
    protected abstract Future<? extends Store> open();

    /**
     * Ends the store as the death of its process would: without a chance to finish what is under way. Unless overridden it
     * is closed in order, which shows less.
     */
    protected void kill(Store store) {
        await(store.close());
    }

    /** Gives back what the test's components needed; runs after they were closed, where a subclass's own AfterEach runs before. */
    protected void afterClosing() {}

    @AfterEach
    void closeAll() {
        opened.forEach(store -> await(store.close()));
        afterClosing();
    }

    final Store opened() {
        Store store = await(open());
        opened.add(store);
        return store;
    }

    private static StoredDocument document(String table, String key, String body) {
        return new StoredDocument(table, key, body);
    }

    @Test
    @DisplayName("7. each document is handed over once, and what the reader throws fails it")
    void eachOnce() {
        Store store = opened();
        List<StoreWrite> writes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            writes.add(StoreWrite.put(
                    "table_" + "abc".charAt(i % 3), String.format(Locale.ROOT, "%04d", i), "{\"n\":" + i + "}"));
        }
        await(store.commit(writes));
        List<StoredDocument> found = new ArrayList<>();
        await(store.each(found::add));
        assertThat(found).containsExactlyInAnyOrderElementsOf(await(store.load()));

        IllegalStateException broken = new IllegalStateException("thrown by the reader on purpose");
        assertThatThrownBy(() -> await(store.each(document -> {
                    throw broken;
                })))
                .hasMessageContaining("on purpose");
        assertThat(await(store.load())).hasSize(1_000);
    }

    @Test
    @DisplayName("1. what was committed is there after the process is killed")
    void committedIsKept() {
        Store first = opened();
        await(first.commit(List.of(StoreWrite.put("node", "a", "{\"n\":1}"), StoreWrite.put("node", "b", "{}"))));
        await(first.commit(List.of(StoreWrite.put("node", "a", "{\"n\":2}"), StoreWrite.remove("node", "b"))));
        kill(first);
        assertThat(await(opened().load())).containsExactly(document("node", "a", "{\"n\":2}"));
    }

    @Test
    @DisplayName("2. a commit is whole or not at all when the process is killed in the middle")
    void commitsAreWhole() {
        for (int round = 0; round < 5; round++) {
            Store store = opened();
            List<StoreWrite> writes = new ArrayList<>();
            String body = "{\"round\":" + round + "}";
            IntStream.range(0, 300).forEach(i -> writes.add(StoreWrite.put("part", "key" + i, body)));
            Future<Void> commit = store.commit(writes);
            kill(store);
            List<StoredDocument> found = await(opened().load());
            long ofThisRound = found.stream().filter(d -> d.body().equals(body)).count();
            assertThat(ofThisRound).isIn(0L, 300L);
            if (commit.succeeded()) {
                assertThat(ofThisRound).isEqualTo(300);
            }
            kill(opened.get(opened.size() - 1));
        }
    }

    @Test
    @DisplayName("3. commits take effect in the order of the calls, several being under way at once")
    void commitsKeepOrder() {
        Store store = opened();
        List<Future<Void>> commits = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            commits.add(store.commit(List.of(
                    StoreWrite.put("counter", "last", "{\"n\":" + i + "}"),
                    i % 2 == 0
                            ? StoreWrite.put("counter", "blinking", "{\"n\":" + i + "}")
                            : StoreWrite.remove("counter", "blinking"))));
        }
        await(Future.all(commits));
        assertThat(await(store.load())).containsExactly(document("counter", "last", "{\"n\":299}"));
    }

    @Test
    @DisplayName("3. within one commit the writes take effect in their order")
    void writesKeepOrder() {
        Store store = opened();
        await(store.commit(List.of(
                StoreWrite.put("t", "a", "{\"n\":1}"),
                StoreWrite.remove("t", "a"),
                StoreWrite.put("t", "a", "{\"n\":2}"),
                StoreWrite.put("t", "b", "{}"),
                StoreWrite.remove("t", "b"),
                StoreWrite.remove("t", "never-there"))));
        assertThat(await(store.load())).containsExactly(document("t", "a", "{\"n\":2}"));
    }

    @Test
    @DisplayName("3. an empty commit succeeds")
    void emptyCommit() {
        Store store = opened();
        await(store.commit(List.of()));
        assertThat(await(store.load())).isEmpty();
    }

    @Test
    @DisplayName("4. a failed commit wrote nothing: a closed store fails with CLOSED or STORE_UNAVAILABLE")
    void failedCommitWritesNothing() {
        Store closed = opened();
        await(closed.commit(List.of(StoreWrite.put("t", "before", "{}"))));
        await(closed.close());
        await(closed.close());
        assertThatThrownBy(() -> await(closed.commit(List.of(StoreWrite.put("t", "after", "{}")))))
                .isInstanceOfSatisfying(
                        KnitException.class,
                        e -> assertThat(e.code()).isIn(ErrorCode.CLOSED, ErrorCode.STORE_UNAVAILABLE));
        assertThat(await(opened().load())).containsExactly(document("t", "before", "{}"));
    }

    @Test
    @DisplayName("5. load gives all documents ordered by table and key")
    void loadIsOrdered() {
        Store store = opened();
        List<StoreWrite> writes = new ArrayList<>();
        for (String table : List.of("b_table", "a", "c")) {
            for (String key : List.of("key-2", "key-10", "a", "node/x.y", "z".repeat(255))) {
                writes.add(StoreWrite.put(table, key, "{}"));
            }
        }
        await(store.commit(writes));
        List<StoredDocument> found = await(store.load());
        assertThat(found).hasSize(15);
        assertThat(found.stream().map(d -> d.table() + " " + d.key())).isSorted();
    }

    @Test
    @DisplayName("5. what has no place in a store fails alone: the commit before and the one behind are made")
    void outOfBounds() {
        Store store = opened();
        await(store.commit(List.of(StoreWrite.put("t", "before", "{}"))));
        for (StoreWrite wrong : List.of(
                StoreWrite.put("t", "k".repeat(256), "{}"),
                StoreWrite.put("t", "", "{}"),
                StoreWrite.put("T", "k", "{}"),
                StoreWrite.put("t", "k", "x".repeat(LARGEST_BODY + 1)))) {
            assertThatThrownBy(() -> await(store.commit(List.of(StoreWrite.put("t", "with", "{}"), wrong))))
                    .isInstanceOf(RuntimeException.class);
        }
        await(store.commit(List.of(StoreWrite.put("t", "behind", "{}"))));
        assertThat(await(store.load())).extracting(StoredDocument::key).containsExactly("before", "behind");
    }

    @Test
    @DisplayName("5. bodies come back as given, up to 4 MiB")
    void bodiesAreUnchanged() {
        Store store = opened();
        String odd = "{\"text\":\"it's \\\"quoted\\\" \\\\ % _ ? $1 \\u0000 äöü 漢字 🚢\\n\"}";
        String large = "\"" + "x".repeat(LARGEST_BODY - 2) + "\"";
        await(store.commit(List.of(StoreWrite.put("t", "large", large), StoreWrite.put("t", "odd", odd))));
        assertThat(await(store.load())).containsExactly(document("t", "large", large), document("t", "odd", odd));
    }

    @Test
    @DisplayName("6. a second opening fails with IN_USE, or harms nothing")
    void secondOpening() {
        Store first = opened();
        await(first.commit(List.of(StoreWrite.put("t", "one", "{}"))));
        Store second;
        try {
            second = opened();
        } catch (KnitException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.IN_USE);
            await(first.commit(List.of(StoreWrite.put("t", "two", "{}"))));
            assertThat(await(first.load())).hasSize(2);
            return;
        }
        await(first.commit(List.of(StoreWrite.put("t", "two", "{}"))));
        await(second.commit(List.of(StoreWrite.put("t", "three", "{}"))));
        await(first.close());
        await(second.close());
        assertThat(await(opened().load())).extracting(StoredDocument::key).containsExactly("one", "three", "two");
    }

    @Test
    @DisplayName("6. after it was closed it can be opened again")
    void reopens() {
        await(opened().close());
        assertThat(await(opened().load())).isEmpty();
    }
}
