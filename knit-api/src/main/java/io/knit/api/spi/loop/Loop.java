package io.knit.api.spi.loop;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

/**
 * One thread with its clocks: the owner of a server's or an agent's state. In production a Vert.x context, in the simulator a
 * seeded queue of events.
 *
 * <p>Obligations: 1. tasks run one at a time, those of {@link #execute} in the order given; 2. no task runs inside the call
 * that hands it over; 3. a timer never fires early and never after its {@link Timer#cancel}, if that was called on the loop;
 * 4. {@link #blocking}'s work never runs on the loop's thread where that thread is an event loop, its result is given on the loop;
 * 5. {@link #elapsed} never goes back and does not follow {@link #now} when somebody sets that; a timer's delay is counted by it.
 */
public interface Loop {
    /** Runs a task on the loop, soon. May be called from any thread. */
    void execute(Runnable task);

    /** Runs a task on the loop after a delay. May be called from any thread. */
    Timer after(Duration delay, Runnable task);

    /**
     * Runs work that may block (files) off the loop; the future completes on the loop. A listener that is added on the loop is told
     * there; one that another thread adds after the end is told on that thread.
     */
    <T> Future<T> blocking(Callable<T> work);

    /**
     * Runs work that may take a second of computing (templates of users) off the loop, as {@link #blocking} does, but so that
     * however much of it is given, what is given to {@code blocking} does not wait for it. The caller bounds how much waits.
     */
    default <T> Future<T> computing(Callable<T> work) {
        return blocking(work);
    }

    /**
     * The time of day in whole milliseconds, which is as fine as it is stored: for people, and for what is kept. It may jump by
     * hours either way at any moment, so nothing is waited for by it. May be called from any thread.
     */
    Instant now();

    /**
     * The time since a moment that is fixed for this loop's life: for waits, deadlines and ages. It means nothing to another loop, nor
     * after a restart. Whether it counts while the whole host sleeps is left open. May be called from any thread.
     */
    Duration elapsed();

    /** A timer that has not fired. */
    @FunctionalInterface
    interface Timer {
        void cancel();
    }

    /** Brings a future's result to the loop, from whichever thread it completes on. */
    default <T> Future<T> bring(Future<T> future) {
        Promise<T> onLoop = Promise.promise();
        future.onComplete(result -> execute(() -> {
            if (result.succeeded()) {
                onLoop.complete(result.result());
            } else {
                onLoop.fail(result.cause());
            }
        }));
        return onLoop.future();
    }
}
