package io.knit.example.spring;

import io.knit.core.KnitServer;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

// [springlifecycle]
/** Starts the server with the context, which fails if that does, and closes it before any bean is gone that a hook of it may use. */
@Component
final class KnitLifecycle implements SmartLifecycle {
    private final KnitServer knit;
    private volatile boolean running;

    KnitLifecycle(KnitServer knit) {
        this.knit = knit;
    }

    @Override
    public void start() {
        KnitServer unused = knit.start().await();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        Void unused = knit.close().await();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
// [springlifecycle]
