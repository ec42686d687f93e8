package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.store.StoreWrite;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** With a writer that the test holds in its hands. */
class CommitQueueTest {
    private final List<List<String>> groups = new ArrayList<>();
    private final List<Promise<Void>> promises = new ArrayList<>();
    private final CommitQueue queue =
            new CommitQueue(this::write, e -> String.valueOf(e.getMessage()).startsWith("all"));

    private Future<Void> write(Batch batch) {
        groups.add(batch.documents().stream().map(StoreWrite::key).toList());
        Promise<Void> promise = Promise.promise();
        promises.add(promise);
        return promise.future();
    }

    private static Batch batch(StoreWrite write) {
        return new Batch(List.of(write), List.of());
    }

    private Future<Void> add(String key) {
        return queue.add(batch(StoreWrite.put("t", key, "{}")));
    }

    private void writeAll(Predicate<List<String>> fails, String words) {
        for (int i = 0; i < promises.size(); i++) {
            if (fails.test(groups.get(i))) {
                promises.get(i).tryFail(new KnitException(ErrorCode.STORE_UNAVAILABLE, words));
            } else {
                promises.get(i).tryComplete();
            }
        }
    }

    @Test
    void theFirstWaitsForNobodyAndTheRestShareTheNext() {
        List<Future<Void>> commits =
                IntStream.range(0, 4).mapToObj(i -> add("k" + i)).toList();
        assertThat(groups).containsExactly(List.of("k0"));
        promises.get(0).complete();
        assertThat(groups).containsExactly(List.of("k0"), List.of("k1", "k2", "k3"));
        assertThat(commits.get(0).succeeded()).isTrue();
        assertThat(commits.get(1).isComplete()).isFalse();
        promises.get(1).complete();
        assertThat(commits).allMatch(Future::succeeded);
    }

    @Test
    void aGroupIsBounded() {
        IntStream.range(0, CommitQueue.MOST_COMMITS + 2).forEach(i -> add("k" + i));
        writeAll(group -> false, "");
        assertThat(groups).extracting(List::size).containsExactly(1, CommitQueue.MOST_COMMITS, 1);
    }

    @Test
    void largeBodiesAreNotGroupedWithoutEnd() {
        String large = "x".repeat(3 * 1024 * 1024);
        IntStream.range(0, 6).forEach(i -> queue.add(batch(StoreWrite.put("t", "k" + i, large))));
        writeAll(group -> false, "");
        assertThat(groups).extracting(List::size).containsExactly(1, 2, 2, 1);
    }

    @Test
    void onlyTheCommitAtFaultFails() {
        List<Future<Void>> commits =
                IntStream.range(0, 5).mapToObj(i -> add("k" + i)).toList();
        writeAll(group -> group.contains("k3"), "k3 is bad");
        assertThat(groups)
                .containsExactly(
                        List.of("k0"),
                        List.of("k1", "k2", "k3", "k4"),
                        List.of("k1"),
                        List.of("k2"),
                        List.of("k3"),
                        List.of("k4"));
        assertThat(commits).extracting(Future::succeeded).containsExactly(true, true, true, false, true);
        assertThat(failure(commits.get(3))).hasMessage("k3 is bad");
    }

    @Test
    void whatConcernsAllIsNotTriedOneByOne() {
        List<Future<Void>> commits =
                IntStream.range(0, 5).mapToObj(i -> add("k" + i)).toList();
        writeAll(group -> group.contains("k3"), "all: locked");
        assertThat(groups).hasSize(2);
        assertThat(commits).extracting(Future::succeeded).containsExactly(true, false, false, false, false);
        Future<Void> next = add("k5");
        promises.get(2).complete();
        assertThat(next.succeeded()).isTrue();
    }

    @Test
    void commitsThatComeWhileOthersAreTriedSinglyStayBehindThem() {
        IntStream.range(0, 3).forEach(i -> add("k" + i));
        promises.get(0).complete();
        promises.get(1).fail(new KnitException(ErrorCode.STORE_UNAVAILABLE, "k1 is bad"));
        Future<Void> late = add("late");
        writeAll(group -> group.contains("k1"), "k1 is bad");
        assertThat(groups.subList(2, groups.size())).containsExactly(List.of("k1"), List.of("k2"), List.of("late"));
        assertThat(late.succeeded()).isTrue();
    }

    @Test
    void aWriterThatThrowsFailsItsCommitOnly() {
        List<String> written = new ArrayList<>();
        CommitQueue throwing = new CommitQueue(
                writes -> {
                    if (written.isEmpty()) {
                        written.add("first");
                        throw new IllegalStateException("a bug");
                    }
                    return Future.succeededFuture();
                },
                e -> true);
        assertThat(throwing.add(batch(StoreWrite.remove("t", "a"))).failed()).isTrue();
        assertThat(throwing.add(batch(StoreWrite.remove("t", "b"))).succeeded()).isTrue();
    }

    @Test
    void drainWaitsForWhatWasTakenAndTakesNoMore() {
        add("k0");
        add("k1");
        Future<Void> drained = queue.drain();
        assertThat(failure(add("k2")).code()).isEqualTo(ErrorCode.CLOSED);
        promises.get(0).complete();
        assertThat(drained.isComplete()).isFalse();
        promises.get(1).complete();
        await(drained);
        assertThat(queue.drain().succeeded()).isTrue();
    }
}
