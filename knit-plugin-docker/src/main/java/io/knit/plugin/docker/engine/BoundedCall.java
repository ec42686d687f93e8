package io.knit.plugin.docker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call: waits, runs, ends once. Whoever ends it first (the answer, a deadline, the close of the runtime) decides its
 * result; the thread that waits for the engine is freed by closing its connection.
 */
final class BoundedCall<T> implements Runnable {
    private final String what;
    private final Duration deadline;
    private final Work<T> work;
    private final Engine engine;
    private final Circuit circuit;
    private final Consumer<BoundedCall<T>> onEnd;
    private final Promise<T> promise = Promise.promise();
    private @Nullable ScheduledFuture<?> alarm;
    private @Nullable DockerClient client;
    private boolean ended;

    BoundedCall(
            String what,
            Duration deadline,
            Work<T> work,
            Engine engine,
            Circuit circuit,
            Consumer<BoundedCall<T>> onEnd) {
        this.what = what;
        this.deadline = deadline;
        this.work = work;
        this.engine = engine;
        this.circuit = circuit;
        this.onEnd = onEnd;
        Duration wait = engine.deadlines().queue();
        this.alarm = engine.after(wait, () -> fail(EngineErrors.waitedTooLong(what, wait)));
    }

    Future<T> future() {
        return promise.future();
    }

    /** The runtime is closed. */
    void cancel() {
        fail(EngineErrors.closed(what));
    }

    @Override
    public void run() {
        if (promise.future().isComplete()) {
            return;
        }
        Circuit.Pass pass = circuit.enter();
        if (pass == Circuit.Pass.REFUSED) {
            String trouble = circuit.trouble();
            fail(engine.errors().refusedUnasked(what, trouble == null ? "an earlier call" : trouble));
            return;
        }
        DockerClient kept = engine.clients().takeIdle();
        DockerClient mine = kept != null ? kept : engine.clients().open();
        if (!begin(mine, pass)) {
            circuit.inconclusive(pass);
            EngineClients.close(mine);
            return;
        }
        try {
            succeeded(pass, kept != null ? onKept(kept) : work.run(mine));
        } catch (Exception | LinkageError e) {
            failed(pass, e);
        }
    }

    /** A kept connection may have been left by the engine; whatever the work is, it finds what it did already. */
    private T onKept(DockerClient kept) throws Exception {
        try {
            return work.run(kept);
        } catch (RuntimeException | IOException e) {
            if (!EngineErrors.isConnection(e)) {
                throw e;
            }
            DockerClient fresh = engine.clients().open();
            if (!goOn(fresh)) {
                EngineClients.close(fresh);
                throw e;
            }
            EngineClients.close(kept);
            return work.run(fresh);
        }
    }

    private void succeeded(Circuit.Pass pass, T result) {
        if (end(true)) {
            circuit.answered(pass);
            promise.tryComplete(result);
        }
    }

    private void failed(Circuit.Pass pass, Throwable thrown) {
        // a refusal is an answer, too, and its connection as good as new
        Optional<DockerException> refusal = EngineErrors.find(thrown, DockerException.class);
        if (!end(refusal.isPresent())) {
            return;
        }
        if (refusal.filter(e -> e.getHttpStatus() >= 500).isPresent()) {
            circuit.answered(pass);
        } else {
            circuit.inconclusive(pass);
        }
        promise.tryFail(engine.errors().of(what, thrown));
    }

    private void expire(Circuit.Pass pass) {
        if (end(false)) {
            circuit.unanswered(pass, what);
            promise.tryFail(engine.errors().unanswered(what, deadline));
        }
    }

    private void fail(KnitException why) {
        if (end(false)) {
            promise.tryFail(why);
        }
    }

    private synchronized boolean begin(DockerClient mine, Circuit.Pass pass) {
        if (ended) {
            return false;
        }
        client = mine;
        disarm();
        alarm = engine.after(deadline, () -> expire(pass));
        return true;
    }

    private synchronized boolean goOn(DockerClient fresh) {
        if (ended) {
            return false;
        }
        client = fresh;
        return true;
    }

    /** True for the one who ends it; its connection is kept only where it was answered. */
    private boolean end(boolean answered) {
        DockerClient open;
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            disarm();
            open = client;
        }
        onEnd.accept(this);
        if (open != null && answered) {
            engine.keep(open);
        } else if (open != null) {
            EngineClients.close(open);
        }
        return true;
    }

    private void disarm() {
        if (alarm != null) {
            alarm.cancel(false);
        }
    }
}
