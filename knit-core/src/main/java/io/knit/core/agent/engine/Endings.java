package io.knit.core.agent.engine;

import io.knit.api.model.StopSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.ExecAbility;
import io.knit.api.spi.runtime.StopAbility;
import io.knit.core.loop.WaitingLine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends containers as their specs want it: a command in the container first, then the signal, all within the grace. Only on the loop. */
public final class Endings {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

    /** So many commands run at a time on a node: more would wait in the engine's own line, and have their graces run out there. */
    static final int COMMANDS = 32;

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final Duration usual;
    private final WaitingLine commands = new WaitingLine(COMMANDS);

    /** @param usual the grace of what says nothing of it */
    public Endings(Loop loop, ContainerRuntime runtime, Duration usual) {
        this.loop = loop;
        this.runtime = runtime;
        this.usual = usual;
    }

    Duration usual() {
        return usual;
    }

    /** @param inTime whether it has to have ended when its grace is over: then what its command waits for its turn is taken from that, too */
    Future<Void> stop(String container, StopSpec stop, boolean inTime) {
        return afterwards(
                container,
                stop,
                inTime,
                left -> runtime instanceof StopAbility able
                        ? call(() -> able.stop(container, stop.signal(), left))
                        : call(() -> runtime.remove(container, left)));
    }

    /** Whether the runtime can end what runs without removing it. */
    boolean leavesThere() {
        return runtime instanceof StopAbility;
    }

    /** Removes one that was ended. */
    Future<Void> removeEnded(String container) {
        return call(() -> runtime.remove(container, Duration.ZERO));
    }

    /** Ends what runs, and removes it. */
    public Future<Void> remove(ContainerSnapshot container, StopSpec stop) {
        String id = container.id();
        boolean runs = container.state() == ContainerState.RUNNING;
        if (!runs || stop.equals(StopSpec.DEFAULT)) {
            return call(() -> runtime.remove(id, grace(stop)));
        }
        return afterwards(
                id,
                stop,
                false,
                left -> runtime instanceof StopAbility able && !stop.signal().isEmpty()
                        ? call(() -> able.stop(id, stop.signal(), left))
                                .compose(ended -> call(() -> runtime.remove(id, Duration.ZERO)))
                        : call(() -> runtime.remove(id, left)));
    }

    private Duration grace(StopSpec stop) {
        return stop.grace().equals(StopSpec.DEFAULT.grace()) ? usual : stop.grace();
    }

    private interface End {
        Future<Void> within(Duration left);
    }

    /** What the command takes is taken from the grace; whatever comes of it, the container is ended. */
    private Future<Void> afterwards(String container, StopSpec stop, boolean inTime, End end) {
        Duration grace = grace(stop);
        if (stop.preStop().isEmpty() || grace.isZero()) {
            return end.within(grace);
        }
        if (!(runtime instanceof ExecAbility able)) {
            LOG.warn("{} is stopped without its pre_stop: this container runtime runs no commands", container);
            return end.within(grace);
        }
        Function<Duration, Future<Duration>> command = within -> command(able, container, stop.preStop(), within);
        // else what the command waits for its turn does not count
        Future<Duration> left = inTime ? inTime(container, grace, command) : commands.take(() -> command.apply(grace));
        return left.compose(end::within);
    }

    /** Gives what is left of the grace, which begins at once: whose turn comes too late has none, and ends without its command. */
    private Future<Duration> inTime(String container, Duration grace, Function<Duration, Future<Duration>> command) {
        Promise<Duration> left = Promise.promise();
        Duration over = loop.elapsed().plus(grace);
        Loop.Timer late = loop.after(grace, () -> {
            LOG.warn("{} is stopped without its pre_stop: its grace was over before that had its turn", container);
            left.complete(Duration.ZERO);
        });
        commands.take(() -> {
                    late.cancel();
                    Duration now = over.minus(loop.elapsed());
                    return left.future().isComplete()
                            ? left.future()
                            : command.apply(now.isNegative() ? Duration.ZERO : now);
                })
                .otherwise(Duration.ZERO)
                .onSuccess(left::tryComplete);
        return left.future();
    }

    /** Gives what is left of the grace, which begins with the command. */
    private Future<Duration> command(ExecAbility able, String container, List<String> words, Duration grace) {
        Duration begun = loop.elapsed();
        return call(() -> able.exec(container, words, grace))
                .onSuccess(done -> {
                    if (done.code() != 0) {
                        LOG.warn("the pre_stop of {} ended with {}", container, done.code());
                    }
                })
                .onFailure(why -> LOG.warn("the pre_stop of {} failed: {}", container, why.getMessage()))
                .transform(any -> {
                    Duration left = grace.minus(loop.elapsed().minus(begun));
                    return Future.succeededFuture(left.isNegative() ? Duration.ZERO : left);
                });
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
