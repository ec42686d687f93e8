package io.knit.plugin.docker.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.plugin.docker.engine.Engine;
import io.knit.plugin.docker.engine.EngineErrors;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A call to the engine that goes on for as long as somebody reads or writes, on a thread of its own. Ends once. */
abstract class LongCall<T> implements Ongoing<T> {
    private static final int PIECE = 32 * 1024;

    final Engine engine;
    final String what;
    final Turn turn = new Turn();
    private final Promise<T> ended = Promise.promise();
    private boolean over;
    private volatile @Nullable KnitException why;

    /** @param what in words: "copying from container web-0" */
    LongCall(Engine engine, String what) {
        this.engine = engine;
        this.what = what;
    }

    /** The most bytes that are passed on at once. */
    static int piece() {
        return PIECE;
    }

    /** Begins it; called once, when all is made. */
    final void start() {
        Thread thread = new Thread(
                () -> {
                    try {
                        end(work(), null);
                    } catch (Exception | LinkageError e) {
                        end(null, e);
                    }
                },
                "knit-docker-inside");
        thread.setDaemon(true);
        thread.start();
        engine.after(engine.deadlines().read(), () -> {
            if (!isAnswered()) {
                end(null, engine.errors().unanswered(what, engine.deadlines().read()));
            }
        });
    }

    /** Does it, and blocks. */
    abstract T work() throws Exception;

    /** Whether the engine has said anything yet. */
    abstract boolean isAnswered();

    /** Closes what it opened, so that threads that wait for the engine are freed. Once, on any thread. */
    abstract void free();

    /** Why no more is taken, once it is over. */
    final KnitException reason() {
        KnitException known = why;
        return known == null ? new KnitException(ErrorCode.CLOSED, what + " is over") : known;
    }

    @Override
    public Future<T> ended() {
        return ended.future();
    }

    @Override
    public void cancel() {
        end(null, EngineErrors.closed(what));
    }

    private void end(@Nullable T result, @Nullable Throwable failure) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        KnitException told = failure == null
                ? null
                : isAnswered()
                        ? engine.errors().brokenOff(what, failure)
                        : engine.errors().of(what, failure);
        why = told;
        turn.end();
        free();
        if (told == null) {
            ended.complete(result);
        } else {
            ended.fail(told);
        }
    }
}
