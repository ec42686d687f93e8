package io.knit.core.agent.part;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Durations;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.agent.output.LastOutput;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an instance's init containers to their ends, one after the other, and removes each. They have no spec hash, so that whoever finds
 * one that an agent left removes it as a container of another spec, and begins anew: also an agent that knows no parts. Only on the loop.
 */
public final class InitContainers {
    private static final Logger LOG = LoggerFactory.getLogger(InitContainers.class);

    /** One that takes longer is told of. */
    private static final Duration LONG = Duration.ofSeconds(2);

    private static final Future<Void> NOTHING = Future.succeededFuture();

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final LastOutput output;
    private final Duration grace;
    private final PartEnds ends;

    /** @param looks the number of the newest look at the engine that was begun */
    public InitContainers(Loop loop, ContainerRuntime runtime, LastOutput output, Duration grace, LongSupplier looks) {
        this.loop = loop;
        this.runtime = runtime;
        this.output = output;
        this.grace = grace;
        this.ends = new PartEnds(loop, looks);
    }

    /** What a look at the engine shows. */
    public void seen(long look, List<ContainerSnapshot> containers) {
        ends.seen(look, containers);
    }

    /** Others may be wanted than before. */
    public void lookWhoIsWanted() {
        ends.lookWhoIsWanted();
    }

    /** Waits for none any more, and leaves what runs: whoever comes next begins anew. */
    public void stop() {
        ends.stop();
    }

    /**
     * Fails with the first that does not end with 0, and runs none after it; also when it is not wanted any more.
     *
     * @param main the container for which they make ready
     * @param fetch fetches their images once more; somebody removed one meanwhile
     */
    public Future<Void> run(List<PartRun> parts, ContainerSpec main, Supplier<Future<Void>> fetch, PartWatch watch) {
        Future<Void> all = Future.succeededFuture();
        for (PartRun run : parts) {
            ContainerSpec container = PartContainers.of(main, run.part());
            all = all.compose(before -> watch.wanted() ? one(run, container, fetch, watch) : unwanted());
        }
        return all;
    }

    private Future<Void> one(PartRun run, ContainerSpec container, Supplier<Future<Void>> fetch, PartWatch watch) {
        return made(container, fetch)
                .recover(why -> named(run, "can't be made", why))
                .compose(id -> {
                    PartEnds.Wait wait = ends.of(id, watch);
                    return call(() -> runtime.start(id))
                            .recover(why -> named(run, "can't be started", why))
                            .compose(started -> wait.end(run.part().timeout(), LONG, run.words() + " runs"))
                            .compose(end -> judged(run, instanceOf(container), id, end, watch))
                            .onComplete(any -> wait.drop())
                            .transform(done -> (ends.isStopped() ? NOTHING : removed(id, run))
                                    .transform(gone -> done.succeeded() ? NOTHING : Future.failedFuture(done.cause())));
                });
    }

    private Future<String> made(ContainerSpec container, Supplier<Future<Void>> fetch) {
        return call(() -> runtime.create(container))
                .recover(why -> why instanceof KnitException known && known.code() == ErrorCode.IMAGE_UNAVAILABLE
                        ? fetch.get().compose(again -> call(() -> runtime.create(container)))
                        : Future.failedFuture(why));
    }

    private Future<Void> judged(PartRun run, String instance, String id, PartEnds.End end, PartWatch watch) {
        ContainerSnapshot seen = end.container();
        return switch (end.how()) {
            case UNWANTED -> unwanted();
            case GONE -> Future.failedFuture(failed(run, "was removed before it ended"));
            case LATE ->
                withOutput(
                        run,
                        instance,
                        id,
                        "did not end within " + Durations.text(run.part().timeout()) + " (timeout) and was stopped",
                        watch);
            case ENDED ->
                seen != null && Objects.equals(seen.exitCode(), 0)
                        ? Future.succeededFuture()
                        : withOutput(
                                run,
                                instance,
                                id,
                                seen == null || seen.exit() == null
                                        ? "ended, and the engine does not say how"
                                        : "ended with " + seen.exit(),
                                watch);
        };
    }

    /** The reason has the last line, the status all that is known. */
    private Future<Void> withOutput(PartRun run, String instance, String id, String how, PartWatch watch) {
        return output.lastLines(instance, id).otherwise("").compose(text -> {
            if (!text.isEmpty()) {
                watch.wrote(text);
            }
            String last = text.substring(text.lastIndexOf('\n') + 1);
            return Future.failedFuture(failed(run, last.isEmpty() ? how : how + ": " + last));
        });
    }

    /** What can't be removed is not in the way of the main container, and is removed as surplus later. */
    private Future<Void> removed(String id, PartRun run) {
        return call(() -> runtime.remove(id, grace))
                .onFailure(e -> LOG.warn("{} can't be removed: {}", run.words(), e.getMessage()));
    }

    private static String instanceOf(ContainerSpec container) {
        return container.labels().getOrDefault(KnitLabels.INSTANCE, "");
    }

    private static <T> Future<T> named(PartRun run, String what, Throwable why) {
        return Future.failedFuture(
                why instanceof KnitException known
                        ? new KnitException(known.code(), run.words() + " " + what + ": " + known.getMessage(), known)
                        : why);
    }

    private static KnitException failed(PartRun run, String how) {
        return new KnitException(ErrorCode.RUNTIME_REFUSED, run.words() + " " + how);
    }

    private static Future<Void> unwanted() {
        return Future.failedFuture(new CancellationException("it is not wanted any more"));
    }

    /** A runtime that throws instead of failing its future is no reason to stop the agent. */
    private <T> Future<T> call(Supplier<Future<T>> step) {
        try {
            return loop.bring(step.get());
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
