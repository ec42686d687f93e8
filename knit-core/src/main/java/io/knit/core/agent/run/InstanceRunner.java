package io.knit.core.agent.run;

import io.knit.api.AgentTiming;
import io.knit.api.model.Capacity;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Order;
import io.knit.api.spi.ContainerRuntime;
import io.knit.api.spi.ContainerSnapshot;
import io.knit.api.spi.Loop;
import io.knit.api.spi.RuntimeSnapshot;
import io.knit.core.agent.reconcile.Action;
import io.knit.core.agent.reconcile.BackOff;
import io.knit.core.agent.reconcile.InstanceMemory;
import io.knit.core.agent.reconcile.InstanceReconciler;
import io.knit.core.agent.reconcile.Plan;
import io.knit.core.agent.reconcile.Step;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the node run what its assignment set says: looks, plans, acts, and looks again whenever an action ended, the engine
 * hinted at a change, or a planned time came. Only on the loop.
 */
public final class InstanceRunner {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceRunner.class);

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final AgentTiming timing;
    private final BackOff backOff;
    private final InstanceReconciler reconciler;
    private final EngineHealth health;
    private final EngineSteps steps;
    private final Looks looks;
    private final RunListener listener;
    private final Map<String, InstanceMemory> memories = new TreeMap<>();
    private final Map<String, Flight> flights = new HashMap<>();
    /** The newest snapshot that was begun when an instance's last action ended: only later ones tell of it. */
    private final Map<String, Long> stale = new HashMap<>();

    private final Promise<Void> firstLook = Promise.promise();
    private final Promise<Void> landed = Promise.promise();
    private AssignmentSet set = AssignmentSet.NONE;
    private @Nullable String cluster;
    private @Nullable RuntimeSnapshot observed;
    private long observedNumber;
    private Loop.@Nullable Timer next;
    private Loop.@Nullable Timer probe;
    private boolean stopped;

    public InstanceRunner(
            Loop loop,
            ContainerRuntime runtime,
            AgentTiming timing,
            Path dataDir,
            Renderer renderer,
            Supplier<NodeModel> node,
            RunListener listener) {
        this.loop = loop;
        this.runtime = runtime;
        this.timing = timing;
        this.listener = listener;
        backOff = new BackOff(timing.restartFirst(), timing.restartMost(), timing.stableAfter());
        reconciler = new InstanceReconciler(backOff);
        health = new EngineHealth(timing.restartFirst(), timing.snapshotInterval());
        RenderedFiles files = new RenderedFiles(dataDir, renderer);
        steps = new EngineSteps(loop, runtime, files, node, timing.stopGrace());
        looks = new Looks(loop, runtime, this::looked);
    }

    /**
     * Takes up the work of the last run.
     *
     * @param cluster the agent's, or null: nothing is touched before {@link #joined}
     * @return succeeds when the engine answered or failed to, for the first time
     */
    public Future<Void> start(@Nullable String cluster, AssignmentSet set) {
        this.cluster = cluster;
        take(set);
        runtime.onChange(() -> loop.execute(this::look));
        look();
        lookAgainLater();
        return firstLook.future();
    }

    /** From now on containers of this cluster are the agent's. */
    public void joined(String cluster) {
        if (!cluster.equals(this.cluster)) {
            this.cluster = cluster;
            observed = null;
            look();
        }
    }

    /** Another set is in force. */
    public void adopt(AssignmentSet next) {
        take(next);
        if (observed == null) {
            look();
        } else {
            reconcile();
        }
    }

    /** Begins nothing any more. Succeeds when all that is under way has ended; images being fetched are not waited for. */
    public Future<Void> stop() {
        stopped = true;
        flights.values().removeIf(Flight::isPulling);
        cancel(next);
        cancel(probe);
        landIfEmpty();
        return landed.future();
    }

    private void take(AssignmentSet newest) {
        set = newest;
        newest.assignments().keySet().forEach(instance -> memories.putIfAbsent(instance, InstanceMemory.NEW));
        dropForgotten();
    }

    private void dropForgotten() {
        memories.entrySet().removeIf(each -> {
            boolean over = each.getValue().state() == InstanceState.STOPPED && set.get(each.getKey()) == null;
            if (over) {
                listener.forgotten(each.getKey());
            }
            return over;
        });
    }

    private void look() {
        if (!stopped) {
            looks.take(cluster, () -> cluster);
        }
    }

    private void lookAgainLater() {
        loop.after(timing.snapshotInterval(), () -> {
            if (!stopped) {
                look();
                lookAgainLater();
            }
        });
    }

    private void looked(Looks.Look look, AsyncResult<RuntimeSnapshot> result) {
        if (stopped) {
            return;
        }
        if (result.failed()) {
            Duration wait = health.snapshotFailed(Failure.of(result.cause()).words());
            cancel(probe);
            probe = loop.after(wait, this::look);
            listener.engine("", Capacity.UNKNOWN, health.condition());
        } else {
            RuntimeSnapshot snapshot = result.result();
            health.snapshotSucceeded();
            if (Objects.equals(look.cluster(), cluster)) {
                observed = snapshot;
                observedNumber = look.number();
                stale.values().removeIf(number -> number < look.number());
                reconcile();
            } else {
                look();
            }
            listener.engine(snapshot.engineVersion(), snapshot.capacity(), health.condition());
        }
        firstLook.tryComplete();
    }

    private void reconcile() {
        if (stopped || cluster == null || observed == null || !health.answersSnapshots()) {
            return;
        }
        flights.values().removeIf(flight -> flight.isPulling() && !isToRun(flight.instance()));
        Plan plan = reconciler.plan(cluster, set, observed.containers(), memories, loop.now());
        boolean work = false;
        for (Action action : plan.actions()) {
            work |= isBusy(action.instance()) || apply(cluster, action);
        }
        if (!work && flights.isEmpty()) {
            health.idle();
        }
        arm(plan.again());
    }

    private boolean isBusy(String instance) {
        return flights.containsKey(instance) || stale.getOrDefault(instance, 0L) >= observedNumber;
    }

    private boolean isToRun(String instance) {
        Assignment assignment = set.get(instance);
        return assignment != null && assignment.order() == Order.RUN;
    }

    /** Says whether there is something to do for the instance, now or later. */
    private boolean apply(String in, Action action) {
        return switch (action.step()) {
            case IGNORE -> false;
            case KEEP, WAIT -> {
                remember(action.instance(), action.memory());
                yield action.until() != null;
            }
            case FORGET -> {
                forget(begin(action, false));
                yield true;
            }
            case CREATE, START, REMOVE -> {
                if (health.takesAction(flights.size())) {
                    act(in, action);
                }
                yield true;
            }
        };
    }

    private void act(String in, Action action) {
        Assignment assignment = action.assignment();
        ContainerSnapshot container = action.container();
        if (container == null) {
            create(in, Objects.requireNonNull(assignment), begin(action, true));
        } else if (action.step() == Step.START) {
            start(container, begin(action, false));
        } else {
            remove(container, begin(action, false));
        }
    }

    private Flight begin(Action action, boolean pulling) {
        LOG.info("{} {}: {}", action.step(), action.instance(), action.reason());
        memories.put(action.instance(), action.memory());
        Flight flight = new Flight(action.instance(), pulling);
        flights.put(action.instance(), flight);
        return flight;
    }

    private void create(String in, Assignment assignment, Flight flight) {
        remember(flight.instance(), memory(flight).preparing());
        steps.create(in, assignment, new Watch(flight)).onComplete(result -> {
            if (result.succeeded()) {
                succeeded(flight, memory(flight).started(loop.now(), result.result()));
            } else {
                failed(flight, Failure.of(result.cause()));
            }
        });
    }

    private void start(ContainerSnapshot container, Flight flight) {
        remember(flight.instance(), memory(flight).starting());
        steps.start(flight.instance(), container.id()).onComplete(result -> {
            if (result.succeeded()) {
                succeeded(flight, memory(flight).started(loop.now(), ""));
            } else {
                failed(flight, Failure.of(result.cause()));
            }
        });
    }

    private void remove(ContainerSnapshot container, Flight flight) {
        steps.remove(container.id()).onComplete(result -> {
            if (result.succeeded()) {
                succeeded(flight, memory(flight).removed(loop.now(), backOff));
                return;
            }
            Failure failure = Failure.of(result.cause());
            if (failure.kind() == Failure.Kind.UNANSWERED) {
                failed(flight, failure);
            } else {
                land(flight, memory(flight).notRemoved(failure.words(), loop.now(), backOff));
            }
        });
    }

    private void forget(Flight flight) {
        steps.deleteFiles(flight.instance()).onComplete(done -> {
            land(flight, memory(flight).gone());
            dropForgotten();
        });
    }

    private void succeeded(Flight flight, InstanceMemory after) {
        if (isUnderWay(flight)) {
            health.actionSucceeded();
            land(flight, after);
        }
    }

    private void failed(Flight flight, Failure failure) {
        if (!isUnderWay(flight)) {
            return;
        }
        InstanceMemory memory = memory(flight);
        Instant now = loop.now();
        LOG.warn("{}: {}", flight.instance(), failure.words());
        if (failure.kind() == Failure.Kind.UNANSWERED) {
            health.actionUnanswered(failure.words());
        }
        land(
                flight,
                switch (failure.kind()) {
                    case ABANDONED -> memory;
                    case REJECTED -> memory.rejected(failure.words());
                    case REFUSED -> memory.refused(failure.words(), now, backOff);
                    case UNANSWERED -> memory.unanswered(failure.words(), now, backOff);
                });
    }

    private boolean isUnderWay(Flight flight) {
        return flights.get(flight.instance()) == flight;
    }

    private void land(Flight flight, InstanceMemory after) {
        if (!isUnderWay(flight)) {
            return;
        }
        flights.remove(flight.instance());
        stale.put(flight.instance(), looks.begun());
        remember(flight.instance(), after);
        listener.engine("", Capacity.UNKNOWN, health.condition());
        look();
        landIfEmpty();
    }

    private void landIfEmpty() {
        if (stopped && flights.isEmpty()) {
            landed.tryComplete();
        }
    }

    private void remember(String instance, InstanceMemory memory) {
        memories.put(instance, memory);
        listener.instance(instance, memory);
    }

    private InstanceMemory memory(Flight flight) {
        return memories.getOrDefault(flight.instance(), InstanceMemory.NEW);
    }

    private void arm(Optional<Instant> again) {
        cancel(next);
        next = again.map(at -> loop.after(Duration.between(loop.now(), at), this::look))
                .orElse(null);
    }

    private static void cancel(Loop.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Deletes the rendered files of instances that are not in the set; blocks. */
    public static void deleteLeftovers(Path dataDir, AssignmentSet set) throws IOException {
        new RenderedFiles(dataDir, (content, model) -> content)
                .deleteAllBut(set.assignments().keySet());
    }

    private final class Watch implements EngineSteps.Progress {
        private final Flight flight;

        Watch(Flight flight) {
            this.flight = flight;
        }

        @Override
        public boolean wanted() {
            return !stopped && isUnderWay(flight) && isToRun(flight.instance());
        }

        @Override
        public void pulled() {
            flight.pulled();
        }

        @Override
        public void prepared() {
            remember(flight.instance(), memory(flight).starting());
        }
    }
}
