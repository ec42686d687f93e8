package io.knit.core.loop;

import io.knit.api.spi.loop.Loop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;

/** A loop on an event-loop context of its own. Thread-safe. */
public final class VertxLoop implements Loop {
    private final Vertx vertx;
    private final Context context;
    private final Workers workers = new Workers();
    private final long start = System.nanoTime();

    public VertxLoop(Vertx vertx) {
        this.vertx = vertx;
        this.context = ((VertxInternal) vertx).createEventLoopContext();
    }

    @Override
    public void execute(Runnable task) {
        context.runOnContext(nothing -> task.run());
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        TimerOnLoop timer = new TimerOnLoop(task);
        // Vert.x counts whole milliseconds from 1; rounding up never fires early
        long millis = Math.max(1, delay.plusNanos(999_999).toMillis());
        long id = ((ContextInternal) context).setTimer(millis, fired -> timer.fire());
        return () -> {
            timer.cancelled = true;
            vertx.cancelTimer(id);
        };
    }

    /** A timer that is already queued when it is cancelled must not fire either. */
    private static final class TimerOnLoop {
        private final Runnable task;
        private volatile boolean cancelled;

        TimerOnLoop(Runnable task) {
            this.task = task;
        }

        void fire() {
            if (!cancelled) {
                task.run();
            }
        }
    }

    @Override
    public <T> Future<T> blocking(Callable<T> work) {
        // a result that is there already would be told inside the caller's own call
        return bring(context.executeBlocking(work, false));
    }

    @Override
    public <T> Future<T> computing(Callable<T> work) {
        return bring(workers.run(work));
    }

    /** Ends what is computed. The rest ends with the Vert.x, which is its owner's. */
    public Future<Void> close() {
        workers.close();
        return Future.succeededFuture();
    }

    @Override
    public Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
