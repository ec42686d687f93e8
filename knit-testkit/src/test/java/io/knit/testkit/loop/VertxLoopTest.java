package io.knit.testkit.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.loop.Loop;
import io.knit.core.loop.VertxLoop;
import io.knit.testkit.Futures;
import io.knit.testkit.contract.LoopContract;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop of production keeps the same contract as the simulated one: it is here because knit-core can't depend on the test kit. */
class VertxLoopTest extends LoopContract {
    private final Vertx vertx = Vertx.vertx();
    private final Loop loop = new VertxLoop(vertx);

    @Override
    protected Loop loop() {
        return loop;
    }

    @AfterEach
    void close() {
        Futures.await(vertx.close());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("work that outlasts the Vert.x, and ends well or not, harms no thread: nobody is left to hear of it")
    void outlasted(boolean well) throws Exception {
        Vertx own = Vertx.vertx();
        VertxLoop late = VertxLoop.onThreadOfItsOwn(own, "late");
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        CompletableFuture<Thread> worker = new CompletableFuture<>();
        CountDownLatch gate = new CountDownLatch(1);
        late.<Boolean>blocking(() -> {
                    Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
                    worker.complete(Thread.currentThread());
                    awaitThoughInterrupted(gate);
                    if (!well) {
                        throw new IOException("on purpose");
                    }
                    return true;
                })
                .onComplete(any -> {});
        Thread working = worker.get(20, TimeUnit.SECONDS);
        Futures.await(late.close());
        Futures.await(own.close());
        gate.countDown();
        working.join(20_000);
        assertThat(working.isAlive()).isFalse();
        assertThat(uncaught).isEmpty();
    }

    @Test
    @DisplayName("what users give to compute, on servers and agents, has two threads and holds nothing else up; closing"
            + " ends it")
    void computesApart() throws Exception {
        VertxLoop busy = VertxLoop.onThreadOfItsOwn(vertx, "busy");
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch ended = new CountDownLatch(2);
        AtomicInteger more = new AtomicInteger();
        for (int i = 0; i < 40; i++) {
            busy.<Boolean>computing(() -> {
                        more.incrementAndGet();
                        begun.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } finally {
                            ended.countDown();
                        }
                        return true;
                    })
                    .onComplete(any -> {});
        }
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 40; i++) {
            assertThat(Futures.await(busy.blocking(() -> "written"))).isEqualTo("written");
        }
        CompletableFuture<Boolean> decided = new CompletableFuture<>();
        busy.execute(() -> decided.complete(true));
        assertThat(decided.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(more).hasValue(2);
        Futures.await(busy.close());
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** A Vert.x that closes interrupts its workers. */
    private static void awaitThoughInterrupted(CountDownLatch gate) {
        while (true) {
            try {
                gate.await();
                return;
            } catch (InterruptedException e) {
                // again
            }
        }
    }
}
