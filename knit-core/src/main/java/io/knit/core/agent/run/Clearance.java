package io.knit.core.agent.run;

import io.knit.api.AgentTiming;
import io.knit.api.model.StopSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.core.agent.disk.Displaced;
import io.knit.core.agent.engine.Endings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops and removes what a displaced agent ran: the containers of its cluster that name its node, and nothing else. It does so only while the
 * engine itself says that it is another one than the holder's; what fails is tried again. Each is ended as its spec says, and what is beside it
 * after it. Only on the loop.
 */
public final class Clearance {
    private static final Logger LOG = LoggerFactory.getLogger(Clearance.class);

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final AgentTiming timing;
    private final BiFunction<String, ContainerSnapshot, StopSpec> stops;
    private final Displaced displaced;
    private final Endings endings;
    private final Set<String> removed = new HashSet<>();
    private final Promise<Boolean> done = Promise.promise();
    private int failures;

    /** @param stops how a container of an instance is to be ended */
    public Clearance(
            Loop loop,
            ContainerRuntime runtime,
            AgentTiming timing,
            BiFunction<String, ContainerSnapshot, StopSpec> stops,
            Endings endings,
            Displaced displaced) {
        this.loop = loop;
        this.runtime = runtime;
        this.timing = timing;
        this.stops = stops;
        this.displaced = displaced;
        this.endings = endings;
    }

    /** Succeeds with true when nothing is left, with false where it was stopped before or the engine is the holder's. Once only. */
    public Future<Boolean> run() {
        look();
        return done.future();
    }

    public void stop() {
        done.tryComplete(false);
    }

    /** How many containers were removed. */
    public int removed() {
        return removed.size();
    }

    private void look() {
        if (!done.future().isComplete()) {
            call(() -> runtime.snapshot(displaced.cluster()))
                    .onSuccess(this::saw)
                    .onFailure(this::again);
        }
    }

    private void saw(RuntimeSnapshot snapshot) {
        String engine = snapshot.engineId();
        if (engine.isEmpty() || engine.equals(displaced.holderEngine())) {
            LOG.warn("the engine is that of the agent that is {} now; its containers are left alone", displaced.node());
            done.tryComplete(false);
            return;
        }
        List<ContainerSnapshot> own =
                snapshot.containers().stream().filter(this::isOwn).toList();
        if (own.isEmpty()) {
            done.tryComplete(true);
            return;
        }
        LOG.info(
                "removes what it ran, for {} runs on another engine now: {}",
                displaced.node(),
                own.stream().map(ContainerSnapshot::name).toList());
        Map<String, List<ContainerSnapshot>> instances =
                own.stream().collect(Collectors.groupingBy(Clearance::instance, TreeMap::new, Collectors.toList()));
        Future.join(instances.values().stream().map(this::removeAll).toList())
                .onSuccess(all -> {
                    failures = 0;
                    look();
                })
                .onFailure(this::again);
    }

    private boolean isOwn(ContainerSnapshot container) {
        return displaced.cluster().equals(container.labels().get(KnitLabels.CLUSTER))
                && displaced.node().equals(container.labels().get(KnitLabels.NODE));
    }

    private static String instance(ContainerSnapshot container) {
        return container.labels().getOrDefault(KnitLabels.INSTANCE, "");
    }

    private static boolean isPart(ContainerSnapshot container) {
        return container.labels().containsKey(KnitLabels.PART);
    }

    /** The main ones of an instance first: what they do to end may need those beside them. */
    private Future<?> removeAll(List<ContainerSnapshot> ofOne) {
        Map<Boolean, List<ContainerSnapshot>> byPart =
                ofOne.stream().collect(Collectors.partitioningBy(Clearance::isPart));
        return Future.join(byPart.getOrDefault(false, List.of()).stream()
                        .map(this::remove)
                        .toList())
                .compose(ended -> Future.join(byPart.getOrDefault(true, List.of()).stream()
                        .map(this::remove)
                        .toList()));
    }

    private Future<Void> remove(ContainerSnapshot container) {
        StopSpec stop = isPart(container) ? StopSpec.DEFAULT : stops.apply(instance(container), container);
        return endings.remove(container, stop).onSuccess(gone -> removed.add(container.id()));
    }

    private void again(Throwable why) {
        Duration wait = timing.restartFirst().multipliedBy(1L << Math.min(failures++, 10));
        LOG.warn("can't remove what it ran, and tries again: {}", why.getMessage());
        loop.after(wait.compareTo(timing.snapshotInterval()) < 0 ? wait : timing.snapshotInterval(), this::look);
    }

    private <T> Future<T> call(Supplier<Future<T>> step) {
        try {
            return loop.bring(step.get());
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
