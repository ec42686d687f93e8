package io.knit.core.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.loop.VertxLoop;
import io.knit.core.server.state.ClusterState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForetellingTest {
    private final Vertx vertx = Vertx.vertx();
    private final VertxLoop loop = new VertxLoop(vertx);
    private final CountDownLatch slow = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> worked = new CopyOnWriteArrayList<>();
    private final Foretelling foretelling = new Foretelling(loop, () -> ClusterState.empty("c"));

    @AfterEach
    void close() {
        slow.countDown();
        loop.close();
        vertx.close().await();
    }

    private Future<String> question(String name) {
        asked.add(name);
        return Future.succeededFuture(name);
    }

    private String worked(String name) {
        begun.countDown();
        try {
            slow.await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        worked.add(name);
        return name;
    }

    private Future<String> simulation(String name) {
        return foretelling.simulation(() -> question(name), (state, question, now) -> worked(question));
    }

    private Future<String> dryRun(String name) {
        return foretelling.dryRun(() -> question(name), (state, question, now) -> worked(question));
    }

    @Test
    void simulationsHoldUpNoTemplateAndADryRunWaitsForOneOfThemAtMost() throws Exception {
        List<Future<String>> waiting = new ArrayList<>();
        IntStream.range(0, Foretelling.MOST).forEach(i -> waiting.add(simulation("sim-" + i)));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        Future<String> dry = dryRun("dry");

        // once the loop has seen all of them
        Future<String> template = loop.blocking(() -> "").compose(seen -> loop.computing(() -> "tried"));
        await().until(template::succeeded);
        assertThat(worked).isEmpty();

        slow.countDown();
        await().until(() -> waiting.stream().allMatch(Future::succeeded) && dry.succeeded());
        assertThat(worked).startsWith("sim-0", "dry", "sim-1").hasSize(Foretelling.MOST + 1);
    }

    @Test
    void whatThereIsNoPlaceForIsNotEvenAdmitted() throws Exception {
        IntStream.range(0, Foretelling.MOST).forEach(i -> simulation("sim-" + i));
        Future<String> late = simulation("late");
        await().until(late::failed);
        assertThat(late.cause())
                .hasMessageStartingWith("16 simulations are being worked out")
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
        assertThat(asked).doesNotContain("late");

        Future<String> thrown = foretelling.dryRun(
                () -> {
                    throw new IllegalStateException("for the test");
                },
                (state, question, now) -> "");
        await().until(thrown::failed);
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        slow.countDown();
        for (int i = 0; i < Foretelling.MOST; i++) {
            Future<String> next = dryRun("dry-" + i);
            await().until(next::succeeded);
        }
    }

    @Test
    void whatACommandLooksForIsBoundedAndWaitsForNoSimulation() throws Exception {
        simulation("sim");
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        Future<String> found = foretelling.ahead("looks", "look", (state, question, now) -> question);
        await().until(found::succeeded);

        IntStream.range(0, Foretelling.MOST)
                .forEach(i -> foretelling.ahead("looks", "look-" + i, (state, question, now) -> worked(question)));
        Future<String> late = foretelling.ahead("looks", "late", (state, question, now) -> worked(question));
        await().until(late::failed);
        assertThat(late.cause()).hasMessageStartingWith("16 looks are being worked out");
    }

    @Test
    void closingEndsWhatIsWorkedOut() throws Exception {
        simulation("sim");
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        loop.close();
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }
}
