package io.knit.testkit.loop;

import io.knit.api.spi.loop.Loop;
import io.knit.testkit.contract.LoopContract;
import org.junit.jupiter.api.AfterEach;

class ThreadLoopTest extends LoopContract {
    private final ThreadLoop loop = new ThreadLoop("thread-loop-test");

    @Override
    protected Loop loop() {
        return loop;
    }

    @AfterEach
    void close() {
        loop.close();
    }
}
