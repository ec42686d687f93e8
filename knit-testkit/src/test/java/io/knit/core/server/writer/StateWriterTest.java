package io.knit.core.server.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.server.documents.PasswordSeal;
import io.knit.core.server.documents.StateCodec;
import io.knit.core.server.documents.StateLoader;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.meter.Meters;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Controller;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.Revision;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StateWriterTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final HandStore store = new HandStore();
    /** What else happens as the writer looks at the time. */
    private Runnable clock = () -> {};

    private final StateWriter writer = new StateWriter(
            new Watched(), store, ClusterState.empty("c"), new EventLog(List.of(), 0), question -> follow());

    /** What the controller does next. */
    private Runnable controller = () -> {};

    private final class Watched implements Loop {
        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }

        @Override
        public Timer after(Duration delay, Runnable task) {
            return loop.after(delay, task);
        }

        @Override
        public <T> Future<T> blocking(Callable<T> work) {
            return loop.blocking(work);
        }

        @Override
        public Instant now() {
            return loop.now();
        }

        @Override
        public Duration elapsed() {
            clock.run();
            return loop.elapsed();
        }
    }

    private final Meters meters = new Meters();

    {
        writer.measured(meters);
    }

    private Controller.Outcome follow() {
        controller.run();
        return Controller.Outcome.NOTHING;
    }

    /** A store whose commits end when the test says so. */
    private static final class HandStore implements Store {
        private final Deque<Promise<Void>> underWay = new ArrayDeque<>();
        private final List<List<StoreWrite>> commits = new ArrayList<>();
        private Runnable thrown = () -> {};

        @Override
        public Future<List<StoredDocument>> load() {
            Map<String, StoredDocument> documents = new TreeMap<>();
            for (List<StoreWrite> commit : commits) {
                for (StoreWrite write : commit) {
                    String key = write.table() + "/" + write.key();
                    if (write.body() == null) {
                        documents.remove(key);
                    } else {
                        documents.put(key, new StoredDocument(write.table(), write.key(), write.body()));
                    }
                }
            }
            return Future.succeededFuture(List.copyOf(documents.values()));
        }

        @Override
        public Future<Void> commit(List<StoreWrite> writes) {
            thrown.run();
            commits.add(writes);
            Promise<Void> promise = Promise.promise();
            underWay.add(promise);
            return promise.future();
        }
    }

    private Future<String> deploy(String name) {
        return writer.submit(state -> {
            DeploymentSpec spec = DeploymentSpec.builder(name, "web:1").build();
            Instant now = loop.now();
            return new Decision<>(
                    List.of(
                            new Change.PutDeployment(new Deployment(name, 1, spec, false, now, now)),
                            new Change.PutRevision(Revision.of(1, spec))),
                    name);
        });
    }

    private void turn() {
        queue.runFor(Duration.ofMillis(10));
    }

    private void storeAnswers() {
        Objects.requireNonNull(store.underWay.poll()).complete();
        turn();
    }

    @Test
    @DisplayName(
            "what waits since an earlier run is decided with whatever comes first, and nothing is decided for its sake alone")
    void withNext() {
        List<Set<String>> looked = new ArrayList<>();
        StateWriter begun =
                new StateWriter(loop, store, ClusterState.empty("c"), new EventLog(List.of(), 0), question -> {
                    looked.add(question.due());
                    return Controller.Outcome.NOTHING;
                });
        begun.lookWithNext(List.of("low", "high"));
        turn();
        assertThat(looked).isEmpty();
        begun.submit(state -> Decision.<String>nothing("a word of an agent"));
        turn();
        assertThat(looked).containsExactly(Set.of("low", "high"));
    }

    /** Who asks meanwhile waits for the one under way, and so for as much as that is. */
    @Test
    void whatWaitsIsSharedOutAmongCommits() {
        for (int i = 0; i < 3 * CommitPace.FIRST; i++) {
            deploy("many-" + i);
        }
        turn();
        assertThat(writesOf("deployment")).isEqualTo(CommitPace.FIRST);
        while (!store.underWay.isEmpty()) {
            storeAnswers();
        }
        assertThat(writesOf("deployment")).isEqualTo(3 * CommitPace.FIRST);
    }

    private long writesOf(String table) {
        return store.commits.stream()
                .flatMap(List::stream)
                .filter(write -> write.table().equals(table))
                .count();
    }

    @Test
    void nothingIsVisibleOrAnsweredBeforeItIsStored() {
        Future<String> answer = deploy("a");
        turn();
        assertThat(answer.isComplete()).isFalse();
        assertThat(writer.committed().deployments()).isEmpty();

        storeAnswers();
        assertThat(answer.result()).isEqualTo("a");
        assertThat(writer.committed().deployments()).containsOnlyKeys("a");
        assertThat(writer.committed().revision()).isEqualTo(1);
    }

    @Test
    void commandsThatWaitShareTheNextCommit() {
        deploy("a");
        turn();
        deploy("b");
        deploy("c");
        deploy("d");
        turn();
        assertThat(store.commits).hasSize(1);
        storeAnswers();
        assertThat(store.commits).hasSize(2);
        storeAnswers();
        assertThat(writer.committed().deployments()).containsOnlyKeys("a", "b", "c", "d");
        assertThat(writer.eventsAfter(0)).extracting(KnitEvent::seq).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aFailedCommitIsAnsweredAndLeavesNothingBehind() {
        Future<String> failed = deploy("a");
        turn();
        Objects.requireNonNull(store.underWay.poll()).fail("disk full");
        turn();
        assertThat(failed.cause()).hasMessage("disk full");
        assertThat(writer.committed().deployments()).isEmpty();
        assertThat(writer.eventsAfter(0)).isEmpty();

        Future<String> next = deploy("b");
        queue.runFor(Duration.ofSeconds(2));
        storeAnswers();
        assertThat(next.result()).isEqualTo("b");
        assertThat(writer.committed().deployments()).containsOnlyKeys("b");
    }

    /** Nobody may have anything to change for hours. */
    @Test
    void aStoreThatFailedIsAskedUntilItCanWriteThoughNobodyWantsAnything() {
        assertThat(writer.isStoring()).isTrue();
        deploy("a");
        turn();
        Objects.requireNonNull(store.underWay.poll()).fail("disk full");
        turn();
        assertThat(writer.isStoring()).isFalse();

        for (int i = 0; i < 5; i++) {
            queue.runFor(Duration.ofSeconds(1));
            assertThat(store.underWay).hasSize(1);
            Objects.requireNonNull(store.underWay.poll()).fail("disk full");
            turn();
            assertThat(writer.isStoring()).isFalse();
        }
        queue.runFor(Duration.ofSeconds(1));
        storeAnswers();
        assertThat(writer.isStoring()).isTrue();
        queue.runFor(Duration.ofMinutes(10));
        assertThat(store.commits).hasSize(7);
        assertThat(writer.committed().revision()).isZero();
        assertThat(meters.text()).contains("knit_commit_failures_total 6.0");
    }

    @Test
    void aDeciderThatThrowsHarmsOnlyItsOwnCaller() {
        Future<String> wrong = writer.submit(state -> {
            throw new IllegalStateException("no");
        });
        Future<String> right = deploy("a");
        turn();
        storeAnswers();
        assertThat(wrong.cause()).hasMessage("no");
        assertThat(right.succeeded()).isTrue();
    }

    @Test
    void aDecisionThatThrowsFailsAloneAndTheWriterGoesOn() {
        controller = () -> {
            throw new IllegalStateException("a record that can't be");
        };
        Future<String> failed = deploy("a");
        turn();
        assertThat(failed.cause()).hasMessage("a record that can't be");

        controller = () -> {};
        Future<String> next = deploy("b");
        queue.runFor(Duration.ofSeconds(2));
        storeAnswers();
        assertThat(next.result()).isEqualTo("b");
        assertThat(writer.committed().deployments()).containsOnlyKeys("b");
    }

    /** Else everything that is asked for later waits for ever. */
    @Test
    void anErrorInADecisionDoesNotStopTheWriter() {
        controller = () -> {
            throw new StackOverflowError("nested too deeply");
        };
        Future<String> failed = deploy("a");
        turn();
        assertThat(failed.cause()).hasMessage("nested too deeply");

        controller = () -> {};
        Future<String> next = deploy("b");
        queue.runFor(Duration.ofSeconds(2));
        storeAnswers();
        assertThat(next.result()).isEqualTo("b");
    }

    /** As who listens may throw it: what no signature names, as Kotlin and Lombok do, too. */
    static Stream<Throwable> whateverIsThrown() {
        return Stream.of(
                new IllegalStateException("for the test"),
                new AssertionError("for the test"),
                new NoClassDefFoundError("for the test"),
                new IOException("for the test"));
    }

    @SuppressWarnings("unchecked")
    private static <T, E extends Throwable> T sneak(Throwable what) throws E {
        throw (E) what;
    }

    @ParameterizedTest
    @MethodSource("whateverIsThrown")
    void aListenerThatThrowsStopsNobody(Throwable what) {
        List<Commit> told = new ArrayList<>();
        writer.onCommit(commit -> sneak(what));
        writer.onCommit(told::add);
        Future<String> first = deploy("a");
        turn();
        storeAnswers();
        assertThat(first.result()).isEqualTo("a");
        Future<String> second = deploy("b");
        turn();
        storeAnswers();
        assertThat(second.result()).isEqualTo("b");
        assertThat(told).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("whateverIsThrown")
    void aDecisionThatThrowsStopsNobody(Throwable what) {
        Future<String> wrong = writer.submit(state -> sneak(what));
        Future<String> right = deploy("a");
        turn();
        storeAnswers();
        assertThat(wrong.cause()).isSameAs(what);
        assertThat(right.succeeded()).isTrue();

        controller = () -> sneak(what);
        Future<String> failed = deploy("b");
        turn();
        assertThat(failed.cause()).isSameAs(what);
        controller = () -> {};
        Future<String> next = deploy("c");
        queue.runFor(Duration.ofSeconds(2));
        storeAnswers();
        assertThat(next.result()).isEqualTo("c");
    }

    @ParameterizedTest
    @MethodSource("whateverIsThrown")
    void whoFailsAtHisAnswerKeepsItFromNobody(Throwable what) {
        deploy("a1").onComplete(answer -> sneak(what));
        deploy("a2").onComplete(answer -> sneak(what));
        Future<String> stored = deploy("b");
        turn();
        storeAnswers();
        assertThat(stored.result()).isEqualTo("b");

        deploy("c").onComplete(answer -> sneak(what));
        Future<String> refused = deploy("d");
        turn();
        Objects.requireNonNull(store.underWay.poll()).fail("disk full");
        turn();
        assertThat(refused.cause()).hasMessage("disk full");

        deploy("e").onComplete(answer -> sneak(what));
        Future<String> waits = deploy("f");
        writer.close();
        assertThat(code(waits)).isEqualTo(ErrorCode.CLOSED);
    }

    @ParameterizedTest
    @MethodSource("whateverIsThrown")
    void aStoreThatThrowsHasFailed(Throwable what) {
        store.thrown = () -> sneak(what);
        Future<String> failed = deploy("a");
        turn();
        assertThat(failed.cause()).isSameAs(what);

        store.thrown = () -> {};
        Future<String> doubtful = deploy("b");
        queue.runFor(Duration.ofSeconds(2));
        Objects.requireNonNull(store.underWay.poll())
                .fail(new KnitException(ErrorCode.COMMIT_IN_DOUBT, "the connection was lost"));
        store.thrown = () -> sneak(what);
        queue.runFor(Duration.ofSeconds(5));
        assertThat(doubtful.isComplete()).isFalse();
        store.thrown = () -> {};
        queue.runFor(Duration.ofSeconds(2));
        storeAnswers();
        assertThat(doubtful.result()).isEqualTo("b");
    }

    /** What is stored is so, whatever fails after it. */
    @ParameterizedTest
    @MethodSource("whateverIsThrown")
    void whatNobodyThoughtOfStopsNobody(Throwable what) {
        Future<String> stored = deploy("a");
        turn();
        clock = () -> {
            clock = () -> {};
            sneak(what);
        };
        storeAnswers();
        assertThat(stored.result()).isEqualTo("a");
        assertThat(writer.committed().deployments()).containsOnlyKeys("a");

        Future<String> refused = deploy("b");
        turn();
        clock = () -> {
            clock = () -> {};
            sneak(what);
        };
        Objects.requireNonNull(store.underWay.poll()).fail("disk full");
        turn();
        assertThat(refused.cause()).isSameAs(what);

        Future<String> next = deploy("c");
        turn();
        storeAnswers();
        assertThat(next.result()).isEqualTo("c");
    }

    @Test
    void whatWasStoredIsLoadedAgain() {
        store.commits.add(StateCodec.founding("c"));
        deploy("a");
        turn();
        storeAnswers();

        StateLoader.Loaded loaded = loaded();
        assertThat(loaded.state().deployments()).isEqualTo(writer.committed().deployments());
        assertThat(loaded.state().revision()).isEqualTo(1);
        assertThat(loaded.events().after(0)).isEqualTo(writer.eventsAfter(0));

        writer.submit(state -> new Decision<>(List.of(new Change.RemoveDeployment("a")), true));
        turn();
        storeAnswers();
        ClusterState empty = loaded().state();
        assertThat(empty.deployments()).isEmpty();
        assertThat(empty.revisionsOf("a")).isEmpty();
    }

    private StateLoader.Loaded loaded() {
        Future<Optional<StateLoader.Loaded>> loading = new StateLoader(loop, store, PasswordSeal.NONE).load();
        queue.runUntil(loading::isComplete, Duration.ofSeconds(1));
        return Objects.requireNonNull(loading.result()).orElseThrow();
    }

    @Test
    void aCommitInDoubtIsRepeatedUntilItIsStored() {
        Future<String> first = deploy("a");
        queue.runFor(Duration.ofMillis(10));
        Future<String> second = deploy("b");
        KnitException lost = new KnitException(ErrorCode.COMMIT_IN_DOUBT, "the connection was lost");
        Objects.requireNonNull(store.underWay.poll()).fail(lost);
        queue.runFor(Duration.ofMillis(10));
        assertThat(second.cause()).hasMessageContaining("the store was lost while it wrote");
        assertThat(deploy("c").cause()).hasMessageContaining("the store was lost while it wrote");
        assertThat(writer.committed().deployments()).isEmpty();
        assertThat(writer.isStoring()).isFalse();

        // that it can't be reached again says nothing of the first time
        queue.runFor(Duration.ofSeconds(2));
        Objects.requireNonNull(store.underWay.poll()).fail("can't connect");
        queue.runFor(Duration.ofSeconds(2));
        assertThat(first.isComplete()).isFalse();
        Objects.requireNonNull(store.underWay.poll()).complete();
        queue.runFor(Duration.ofMillis(10));
        assertThat(first.result()).isEqualTo("a");
        assertThat(writer.isStoring()).isTrue();
        assertThat(store.commits).hasSize(3).allMatch(store.commits.get(0)::equals);
        assertThat(writer.committed().deployments()).containsOnlyKeys("a");
        assertThat(deploy("d").isComplete()).isFalse();
    }

    /** There is nothing to repeat any more; that the commit failed would not be known, and that it is in doubt is no answer for those after it. */
    @Test
    void whoIsReplacedWhileACommitIsInDoubtSaysSoOnce() {
        Future<String> first = deploy("a");
        turn();
        Objects.requireNonNull(store.underWay.poll())
                .fail(new KnitException(ErrorCode.COMMIT_IN_DOUBT, "the connection was lost"));
        queue.runFor(Duration.ofSeconds(2));
        KnitException replaced = new KnitException(ErrorCode.IN_USE, "another server opened it");
        Objects.requireNonNull(store.underWay.poll()).fail(replaced);
        turn();
        assertThat(code(first)).isEqualTo(ErrorCode.COMMIT_IN_DOUBT);
        assertThat(first.cause()).hasMessageContaining("another server opened it");

        Future<String> next = deploy("b");
        queue.runFor(Duration.ofSeconds(2));
        Objects.requireNonNull(store.underWay.poll()).fail(replaced);
        turn();
        assertThat(next.cause()).isSameAs(replaced);
        assertThat(writer.committed().deployments()).isEmpty();
    }

    /** Nobody asks the store any more, so nobody would ever answer them. */
    @Test
    void whoseCommitIsInDoubtIsToldSoWhenTheServerIsClosed() {
        Future<String> first = deploy("a");
        turn();
        Objects.requireNonNull(store.underWay.poll())
                .fail(new KnitException(ErrorCode.COMMIT_IN_DOUBT, "the connection was lost"));
        turn();
        writer.close();
        turn();
        assertThat(code(first)).isEqualTo(ErrorCode.COMMIT_IN_DOUBT);
        assertThat(first.cause()).hasMessageContaining("was closed before it was known");
        assertThat(code(deploy("b"))).isEqualTo(ErrorCode.CLOSED);
    }

    private static ErrorCode code(Future<?> failed) {
        return ((KnitException) failed.cause()).code();
    }

    @Test
    void whoseCommitIsUnderWayWhenTheServerIsClosedIsToldWhatBecameOfIt() {
        // as who asks sees it: an answer is made of what is committed
        Future<Boolean> stored = deploy("a").map(name -> writer.committed().deployment(name) != null);
        turn();
        Future<String> waits = deploy("b");
        writer.close();
        assertThat(code(waits)).isEqualTo(ErrorCode.CLOSED);
        storeAnswers();
        assertThat(stored.result()).isTrue();
    }

    @Test
    void whoseCommitFailsAfterTheServerIsClosedIsToldHow() {
        Future<String> failed = deploy("a");
        turn();
        writer.close();
        Objects.requireNonNull(store.underWay.poll()).fail("disk full");
        turn();
        assertThat(failed.cause()).hasMessage("disk full");
    }

    /** That the repeat then succeeds is too late for an answer, and no error. */
    @Test
    void whoIsRepeatedWhileTheServerIsClosedWasInDoubt() {
        Future<String> first = deploy("a");
        turn();
        Objects.requireNonNull(store.underWay.poll())
                .fail(new KnitException(ErrorCode.COMMIT_IN_DOUBT, "the connection was lost"));
        queue.runFor(Duration.ofSeconds(2));
        writer.close();
        storeAnswers();
        assertThat(code(first)).isEqualTo(ErrorCode.COMMIT_IN_DOUBT);
    }

    @Test
    void whatPeopleAskForGoesBeforeWhatAgentsSayAndNeitherWaitsForEver() {
        TwoLines<String> lines = new TwoLines<>();
        for (int i = 0; i < 100; i++) {
            lines.add("agent" + i, false);
        }
        for (int i = 0; i < 20; i++) {
            lines.add("person" + i, true);
        }
        List<String> taken = new ArrayList<>();
        while (!lines.isEmpty()) {
            taken.add(lines.take());
        }
        assertThat(taken).hasSize(120).startsWith("person0", "person1");
        assertThat(taken.indexOf("agent0")).isEqualTo(8);
        assertThat(taken.indexOf("person19")).isLessThan(23);
        assertThat(taken.stream().filter(it -> it.startsWith("agent")))
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(i -> "agent" + i).toList());
    }

    /** What agents say again anyway is left out then; what people ask for is not. */
    @Test
    void itIsCrowdedWhileTwoThousandWait() {
        deploy("first");
        queue.runFor(Duration.ofMillis(1));
        List<Future<String>> waiting =
                IntStream.range(0, 1_999).mapToObj(i -> deploy("web-" + i)).toList();
        assertThat(writer.isCrowded()).isFalse();
        Future<String> last = deploy("last");
        assertThat(writer.isCrowded()).isTrue();

        while (!last.isComplete()) {
            store.underWay.removeFirst().complete();
            queue.runFor(Duration.ofMillis(1));
        }
        assertThat(waiting).allMatch(Future::succeeded);
        assertThat(writer.isCrowded()).isFalse();
    }
}
