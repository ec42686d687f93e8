package io.knit.core.agent;

import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.testkit.loop.EventQueue;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;

/** A runtime whose snapshots are old when they arrive. */
record LateAnswers(ContainerRuntime runtime, EventQueue queue, Duration age) implements ContainerRuntime {
    @Override
    public Future<PulledImage> pull(ImageRequest request) {
        return runtime.pull(request);
    }

    @Override
    public Future<String> create(ContainerSpec spec) {
        return runtime.create(spec);
    }

    @Override
    public Future<Void> start(String containerId) {
        return runtime.start(containerId);
    }

    @Override
    public Future<Void> remove(String containerId, Duration grace) {
        return runtime.remove(containerId, grace);
    }

    @Override
    public Future<RuntimeSnapshot> snapshot(String cluster) {
        Promise<RuntimeSnapshot> late = Promise.promise();
        runtime.snapshot(cluster).onComplete(result -> queue.after(age, () -> late.handle(result)));
        return late.future();
    }

    @Override
    public void onChange(Runnable listener) {
        runtime.onChange(listener);
    }
}
