package io.knit.core.server;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.core.loop.WaitingLine;
import io.knit.core.server.state.ClusterState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is worked out on the newest state, and changes nothing: one at a time, so that however much of it is asked for, a thread is left to those whose
 * templates are tried. A dry run waits for one simulation at most. Thread-safe.
 */
final class Foretelling {
    /** Of dry runs, and of simulations: one may take seconds of a processor. */
    static final int MOST = 16;

    private final Loop loop;
    private final Supplier<@Nullable ClusterState> newest;
    private final AtomicInteger rehearsed = new AtomicInteger();
    private final AtomicInteger simulated = new AtomicInteger();
    private final AtomicInteger ahead = new AtomicInteger();
    /** Of all; on the loop. */
    private final WaitingLine line = new WaitingLine(1);
    /** So that there is never more than one of them in the line; on the loop. */
    private final WaitingLine simulations = new WaitingLine(1);
    /** Of what is looked for before it is decided; on the loop. */
    private final WaitingLine looks = new WaitingLine(1);

    /** @param newest null while the server does not run */
    Foretelling(Loop loop, Supplier<@Nullable ClusterState> newest) {
        this.loop = loop;
        this.newest = newest;
    }

    /** On a thread for it. */
    @FunctionalInterface
    interface Work<Q, A> {
        A answer(ClusterState state, Q question, Instant now);
    }

    /** @param admitted asked for the question once there is a place for it */
    <Q, A> Future<A> dryRun(Supplier<Future<Q>> admitted, Work<Q, A> work) {
        return taken(rehearsed, "dry runs", admitted, question -> line.take(() -> workedOut(question, work)));
    }

    /** @param admitted asked for the question once there is a place for it */
    <Q, A> Future<A> simulation(Supplier<Future<Q>> admitted, Work<Q, A> work) {
        return taken(
                simulated,
                "simulations",
                admitted,
                question -> simulations.take(() -> line.take(() -> workedOut(question, work))));
    }

    /** What a command finds that takes its time, before it is decided. */
    <Q, A> Future<A> ahead(String what, Q question, Work<Q, A> work) {
        return taken(
                ahead, what, () -> Future.succeededFuture(question), asked -> looks.take(() -> workedOut(asked, work)));
    }

    /** On the loop. */
    @FunctionalInterface
    private interface InTurn<Q, A> {
        Future<A> take(Q question);
    }

    private <Q, A> Future<A> taken(
            AtomicInteger places, String what, Supplier<Future<Q>> admitted, InTurn<Q, A> inTurn) {
        if (places.incrementAndGet() > MOST) {
            places.decrementAndGet();
            return Future.failedFuture(new KnitException(
                    ErrorCode.BUSY,
                    MOST + " " + what + " are being worked out, which is all the server has room for; send this one"
                            + " again in a moment"));
        }
        Promise<A> answer = Promise.promise();
        // what throws has failed, and gives its place back
        Future.succeededFuture()
                .compose(place -> admitted.get())
                .onComplete(asked -> loop.execute(() -> {
                    if (asked.succeeded()) {
                        inTurn.take(asked.result()).onComplete(answer);
                    } else {
                        answer.fail(asked.cause());
                    }
                }));
        return answer.future().onComplete(done -> places.decrementAndGet());
    }

    private <Q, A> Future<A> workedOut(Q question, Work<Q, A> work) {
        ClusterState state = newest.get();
        if (state == null) {
            return Future.failedFuture(CommandDesk.notRunning());
        }
        Instant now = loop.now();
        return loop.computing(() -> work.answer(state, question, now));
    }
}
