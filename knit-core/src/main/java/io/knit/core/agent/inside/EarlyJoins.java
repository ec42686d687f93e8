package io.knit.core.agent.inside;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.KnitLabels;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Who joins the process of an instance before that begins, so that nothing it writes is missed; one whose label {@link KnitLabels#JOINED} says so waits a while for whoever
 * gives it what it reads. On the agent's loop but for {@link #add} and {@link #remove}.
 */
public final class EarlyJoins {
    /** So long a process waits. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Loop loop;
    /** By the instance: they may be here before its container is. */
    private final Map<String, List<Joiner>> joiners = new HashMap<>();
    /** By the instance: what is made, and waits. */
    private final Map<String, Held> held = new HashMap<>();

    private boolean stopped;

    /** Called on any thread. */
    interface Joiner {
        /**
         * Joins what is made, or runs; once, whoever asks.
         *
         * @return succeeds when it has joined, or could not
         */
        Future<Void> join(String container);

        /** What it has joined runs now. */
        void began();
    }

    private record Held(String container, BooleanSupplier wanted, Promise<Void> over) {}

    public EarlyJoins(Loop loop) {
        this.loop = loop;
    }

    /** On any thread. */
    void add(String instance, Joiner joiner) {
        loop.execute(() -> {
            joiners.computeIfAbsent(instance, none -> new ArrayList<>()).add(joiner);
            Held waiting = held.get(instance);
            if (waiting != null) {
                joined(instance, waiting.container())
                        .onComplete(any -> waiting.over().tryComplete());
            }
        });
    }

    /** On any thread. */
    void remove(String instance, Joiner joiner) {
        loop.execute(() -> joiners.computeIfPresent(instance, (id, all) -> {
            all.remove(joiner);
            return all.isEmpty() ? null : all;
        }));
    }

    /**
     * Before a container that was made is started. Of what reads, and of which it was said that somebody joins it, the first who does is waited for.
     *
     * @param wanted whether it is still to run; {@link #lookWhoIsWanted} has it asked
     * @return succeeds when it may be started, or is not wanted any more
     */
    public Future<Void> before(String instance, DeploymentSpec spec, String container, BooleanSupplier wanted) {
        if (stopped) {
            return Future.succeededFuture();
        }
        if (joiners.containsKey(instance)) {
            return joined(instance, container);
        }
        if (!spec.process().stdin() || !"true".equals(spec.labels().get(KnitLabels.JOINED))) {
            return Future.succeededFuture();
        }
        Held waiting = new Held(container, wanted, Promise.promise());
        held.put(instance, waiting);
        Loop.Timer late = loop.after(PATIENCE, () -> waiting.over().tryComplete());
        return waiting.over().future().onComplete(any -> {
            late.cancel();
            held.remove(instance, waiting);
        });
    }

    private Future<Void> joined(String instance, String container) {
        List<Joiner> all = joiners.getOrDefault(instance, List.of());
        if (all.isEmpty()) {
            return Future.succeededFuture();
        }
        // what is given once is given by who came last: whose server was killed is missed a while later only
        Future<Void> last = all.get(all.size() - 1).join(container);
        List<Joiner> others = List.copyOf(all.subList(0, all.size() - 1));
        return loop.bring(last.transform(done -> Future.join(
                        others.stream().map(joiner -> joiner.join(container)).toList()))
                .<Void>mapEmpty()
                .otherwiseEmpty());
    }

    /** It was started. */
    public void began(String instance) {
        joiners.getOrDefault(instance, List.of()).forEach(Joiner::began);
    }

    /** Others may be wanted than before. */
    public void lookWhoIsWanted() {
        List.copyOf(held.values()).stream()
                .filter(waiting -> !waiting.wanted().getAsBoolean())
                .forEach(waiting -> waiting.over().tryComplete());
    }

    /** Nothing waits any more. */
    public void stop() {
        stopped = true;
        List.copyOf(held.values()).forEach(waiting -> waiting.over().tryComplete());
    }
}
