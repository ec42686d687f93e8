package io.knit.testkit.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.spi.loop.Loop;
import io.knit.core.loop.VertxLoop;
import io.knit.testkit.Futures;
import io.knit.testkit.contract.LoopContract;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The loop on which a server decides: a thread of its own beside the Vert.x, which has but one here. */
class OwnThreadLoopTest extends LoopContract {
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final VertxLoop loop = VertxLoop.onThreadOfItsOwn(vertx, "test-control");

    @Override
    protected Loop loop() {
        return loop;
    }

    @AfterEach
    void close() {
        Futures.await(loop.close());
        Futures.await(vertx.close());
    }

    @Test
    void theVertxGoesOnWhileTheLoopIsBusy() {
        CountDownLatch release = new CountDownLatch(1);
        loop.execute(() -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Promise<String> seen = Promise.promise();
        vertx.runOnContext(now -> seen.complete("alive"));
        assertThat(Futures.await(seen.future())).isEqualTo("alive");
        release.countDown();
    }

    @Test
    void endsItsThreadAndIsAnsweredAfterwardsAllTheSame() {
        Promise<Thread> own = Promise.promise();
        loop.execute(() -> own.complete(Thread.currentThread()));
        Thread thread = Futures.await(own.future());
        assertThat(thread.getName()).isEqualTo("test-control");

        Futures.await(loop.close());

        assertThat(Futures.await(loop.blocking(() -> "done"))).isEqualTo("done");
        Promise<String> later = Promise.promise();
        loop.execute(() -> later.complete("told"));
        assertThat(Futures.await(later.future())).isEqualTo("told");
        loop.after(Duration.ZERO, () -> {}).cancel();
        await().until(() -> !thread.isAlive());
    }
}
