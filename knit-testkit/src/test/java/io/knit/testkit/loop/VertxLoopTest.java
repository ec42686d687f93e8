package io.knit.testkit.loop;

import io.knit.api.spi.loop.Loop;
import io.knit.core.loop.VertxLoop;
import io.knit.testkit.Futures;
import io.knit.testkit.contract.LoopContract;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;

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
}
