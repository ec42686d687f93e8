package io.knit.core.loop;

import io.knit.api.spi.loop.Loop;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.transport.Transport;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A loop on an event-loop context of its own. Thread-safe. */
public final class VertxLoop implements Loop {
    private static final int LAST_WORDS_MILLIS = 1_000;
    private static final int IO_RATIO = 100;

    private final Vertx vertx;
    private final Context context;
    /** For blocking work, and for what comes when the own thread has ended. */
    private final Context beside;

    private final @Nullable EventLoopGroup ownThread;
    private final Workers workers = new Workers();
    private final long start = System.nanoTime();
    private volatile boolean closed;

    /** On one of the Vert.x's threads, beside whatever else runs there. */
    public VertxLoop(Vertx vertx) {
        this(vertx, null);
    }

    private VertxLoop(Vertx vertx, @Nullable EventLoopGroup ownThread) {
        VertxInternal internal = (VertxInternal) vertx;
        this.vertx = vertx;
        this.ownThread = ownThread;
        this.beside = internal.createEventLoopContext();
        this.context = ownThread == null
                ? beside
                : internal.contextBuilder().withEventLoop(ownThread.next()).build();
    }

    /**
     * On a thread that does nothing else: what is decided there takes its time, and no connection, also of a Vert.x that has but one thread,
     * shall wait for it.
     */
    public static VertxLoop onThreadOfItsOwn(Vertx vertx, String name) {
        Transport transport = ((VertxInternal) vertx).transport();
        return new VertxLoop(
                vertx,
                transport.eventLoopGroup(Transport.IO_EVENT_LOOP_GROUP, 1, task -> daemon(task, name), IO_RATIO));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        try {
            context.runOnContext(nothing -> task.run());
        } catch (RejectedExecutionException e) {
            if (!closed) {
                throw e;
            }
            executeBeside(task);
        }
    }

    private void executeBeside(Runnable task) {
        try {
            beside.runOnContext(nothing -> task.run());
        } catch (RejectedExecutionException e) {
            // the Vert.x has ended as well: nobody is left to hear of it
        }
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        if (closed && ownThread != null) {
            return () -> {};
        }
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
        // from the worker straight to the loop: whoever is on the other context's thread shall not be waited for
        Promise<T> result = Promise.promise();
        Callable<Boolean> telling = () -> {
            try {
                result.complete(work.call());
            } catch (Throwable e) {
                result.tryFail(e);
            }
            return true;
        };
        // nothing listens to its own end, which can't be told once the Vert.x has ended: the work may outlast that
        Future<Boolean> taken = beside.executeBlocking(telling, false);
        if (taken.failed()) {
            result.tryFail(taken.cause());
        }
        // a result that is there already would be told inside the caller's own call
        return bring(result.future());
    }

    @Override
    public <T> Future<T> computing(Callable<T> work) {
        return bring(workers.run(work));
    }

    /**
     * Ends what is computed, and the own thread after what it was given; what comes later runs on the Vert.x, so that it can be told that
     * all is closed. The rest ends with the Vert.x, which is its owner's.
     */
    public Future<Void> close() {
        workers.close();
        closed = true;
        if (ownThread == null) {
            return Future.succeededFuture();
        }
        Promise<Void> ended = Promise.promise();
        ownThread
                .shutdownGracefully(0, LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS)
                .addListener(done -> ended.complete());
        return ended.future();
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
