package io.knit.core.agent.run;

import io.knit.api.command.Value;
import io.knit.api.model.Capacity;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Health;
import io.knit.api.model.Order;
import io.knit.api.model.StopSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.core.agent.disk.KeptInstances;
import io.knit.core.agent.engine.ContainerSpecs;
import io.knit.core.agent.engine.Endings;
import io.knit.core.agent.engine.EngineHealth;
import io.knit.core.agent.engine.Failure;
import io.knit.core.agent.engine.Trials;
import io.knit.core.agent.failed.KeptFailed;
import io.knit.core.agent.health.HealthWatch;
import io.knit.core.agent.inside.EarlyJoins;
import io.knit.core.agent.output.LastOutput;
import io.knit.core.agent.part.InitContainers;
import io.knit.core.agent.reconcile.Action;
import io.knit.core.agent.reconcile.ActionKind;
import io.knit.core.agent.reconcile.InstanceReconciler;
import io.knit.core.agent.reconcile.NodePlan;
import io.knit.core.agent.reconcile.memory.BackOff;
import io.knit.core.agent.reconcile.memory.Check;
import io.knit.core.agent.remember.Silence;
import io.knit.core.agent.render.FileMaking;
import io.knit.core.agent.render.NodeModel;
import io.knit.core.agent.render.RenderedFiles;
import io.knit.core.agent.run.look.Hints;
import io.knit.core.agent.run.look.Looks;
import io.knit.core.agent.run.look.Seen;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the node run what its assignment set says: looks, plans, acts, and looks again whenever an action ended, the engine
 * hinted at a change, or a planned time came. Only on the loop.
 */
public final class InstanceRunner {
    private final Loop loop;
    private final ContainerRuntime runtime;
    private final Duration safetyNet;
    private final InstanceReconciler reconciler;
    private final Supplier<NodeModel> node;
    private final EngineHealth health;
    private final Flights flights;
    private final HealthWatch checks;
    private final Stops stops = new Stops();
    private final Looks looks;
    private final Seen seen = new Seen();
    private final InitContainers inits;
    private final Trials trials;
    private final Hints hints;
    private final Memories memories;
    private final RunListener listener;
    private final Endings endings;
    private final LastOutput output;
    private final Silence silence;
    private final Keeping keeping;
    private final KeptFailed failed;
    private final FileMaking files;
    /** Whose last action was about sidecars alone, so that what was seen of the main container holds. */
    private final Set<String> tended = new HashSet<>();

    private final EarlyJoins early;
    private final Tower tower = new Tower();
    private final Promise<Void> firstLook = Promise.promise();
    private final Promise<Void> stood = Promise.promise();
    private AssignmentSet set = AssignmentSet.NONE;
    private @Nullable String cluster;
    private Loop.@Nullable Timer next;
    private Loop.@Nullable Timer probe;
    /** Why nothing new is made; empty: it is. */
    private String disk = "";

    private boolean stopped;
    private boolean comparing;

    public InstanceRunner(RunnerParts parts) {
        this.loop = parts.loop();
        this.runtime = parts.runtime();
        this.safetyNet = parts.timing().snapshotInterval();
        this.node = parts.node();
        this.listener = parts.listener();
        this.output = parts.output();
        this.failed = parts.failed();
        this.early = parts.early();
        this.files = parts.files();
        BackOff backOff = parts.backOff();
        reconciler = new InstanceReconciler(backOff);
        health = new EngineHealth(parts.timing().restartFirst(), safetyNet);
        memories = new Memories(listener, parts.before());
        silence = parts.silence();
        keeping = new Keeping(loop, new KeptInstances(loop, parts.dataDir()), memories, silence, seen, () -> set);
        looks = new Looks(loop, runtime, this::looked);
        inits = new InitContainers(loop, runtime, output, parts.timing().stopGrace(), looks::begun);
        endings = parts.endings();
        ContainerSpecs specs = parts.specs();
        trials = parts.trials(specs, inits);
        flights = new Flights(
                loop,
                parts.steps(endings, inits, specs),
                parts.sidecars(specs),
                health,
                memories,
                backOff,
                stops,
                tower);
        checks = new HealthWatch(
                loop, runtime, parts.connections(), HealthWatch.MOST_AT_ONCE, output.masking(), this::checked);
        hints = new Hints(loop, this::look);
    }

    /** Deletes the rendered files of instances that are not in the set; blocks. */
    public static void deleteLeftovers(Path dataDir, AssignmentSet set) throws IOException {
        RenderedFiles.deleteAllBut(dataDir, set.assignments().keySet());
    }

    /**
     * Takes up the work of the last run.
     *
     * @param cluster the agent's, or null: nothing is touched before {@link #joined}
     * @return succeeds when the engine answered or failed to, for the first time
     */
    public Future<Void> start(@Nullable String cluster, AssignmentSet kept) {
        this.cluster = cluster;
        take(kept);
        runtime.onChange(() -> loop.execute(hints::heard));
        look();
        lookNowAndThen();
        output.cleanNowAndThen();
        return firstLook.future();
    }

    /** From now on containers of this cluster are the agent's. */
    public void joined(String cluster) {
        if (!cluster.equals(this.cluster)) {
            this.cluster = cluster;
            seen.forget();
            look();
        }
    }

    /** Another set is in force. */
    public void adopt(AssignmentSet newest) {
        take(newest);
        silence.confirmed();
        if (seen.containers() == null) {
            look();
        } else {
            reconcile();
        }
    }

    /**
     * A server answered.
     *
     * @param sent when that was sent which it answered, by the loop's {@code elapsed}
     * @param confirmed whether it said that the set in force is the one that it wants
     */
    public void heard(Duration sent, boolean confirmed) {
        silence.heard(sent);
        if (confirmed && silence.confirmed()) {
            keeping.keep();
            look();
        }
    }

    private void take(AssignmentSet newest) {
        memories.hurry(set, newest, loop.elapsed(), this::hasContainer);
        set = newest;
        failed.adopt(set);
        memories.take(set, loop.elapsed());
        stops.take(set, memories.all().keySet());
    }

    /** What is assigned can't be kept, for this reason; empty: it can again. */
    public void disk(String trouble) {
        if (!disk.equals(trouble)) {
            disk = trouble;
            tellEngine("", Capacity.UNKNOWN);
            reconcile();
        }
    }

    /** Begins nothing any more. Succeeds when all that is under way has ended; images being fetched are not waited for. */
    public Future<Void> stop() {
        stopped = true;
        output.stop();
        checks.stop();
        flights.abandonPulls();
        inits.stop();
        early.stop();
        cancel(next);
        cancel(probe);
        standIfEmpty();
        return stood.future();
    }

    private void look() {
        if (!stopped) {
            looks.take(cluster, () -> cluster);
        }
    }

    private void lookNowAndThen() {
        loop.after(safetyNet, () -> {
            if (!stopped) {
                look();
                lookNowAndThen();
            }
        });
    }

    private void looked(Looks.Look look, AsyncResult<RuntimeSnapshot> result) {
        if (stopped) {
            return;
        }
        if (result.succeeded()) {
            saw(look, result.result());
        } else {
            cancel(probe);
            probe = loop.after(health.snapshotFailed(Failure.of(result.cause()).words()), this::look);
            tellEngine("", Capacity.UNKNOWN);
        }
        firstLook.tryComplete();
    }

    private void saw(Looks.Look look, RuntimeSnapshot snapshot) {
        health.snapshotSucceeded();
        if (Objects.equals(look.cluster(), cluster)) {
            List<ContainerSnapshot> originals = seen.saw(look, snapshot.containers());
            memories.seen(originals);
            listener.seen(originals, set);
            inits.seen(look.number(), originals);
            reconcile();
        } else {
            look();
        }
        listener.engineId(snapshot.engineId());
        listener.platform(snapshot.os(), snapshot.arch());
        tellEngine(snapshot.engineVersion(), snapshot.capacity());
    }

    private void reconcile() {
        if (stopped || cluster == null || seen.containers() == null || !health.answersSnapshots()) {
            return;
        }
        flights.abandonPulls();
        inits.lookWhoIsWanted();
        early.lookWhoIsWanted();
        keeping.silence(this::reconcile);
        List<ContainerSnapshot> own = failed.others(
                seen.among(cluster, node.get().id()).stream()
                        .filter(container -> !isTrial(container))
                        .toList(),
                set);
        NodePlan plan = reconciler.plan(cluster, set, own, memories.all(), silence.silenced(), loop.elapsed());
        boolean work = false;
        for (Action action : plan.actions()) {
            work |= isBusy(action.instance()) || apply(cluster, action);
        }
        if (!work) {
            health.idle();
        }
        checks.watch(Checkups.of(plan, memories, it -> isBusy(it) && !tended.contains(it)));
        keeping.keep();
        arm(Stream.concat(plan.again().stream(), silence.next(set).stream()).min(Comparator.naturalOrder()));
    }

    private void checked(String instance, Check check) {
        memories.remember(instance, memories.of(instance).checked(check, loop.elapsed()));
        keeping.keep();
        if (check.health() == Health.UNHEALTHY) {
            reconcile();
        }
    }

    /** One that is not wanted any more is removed as everything of its instance, so that nothing is left when that is gone. */
    private boolean isTrial(ContainerSnapshot container) {
        String instance = container.labels().get(KnitLabels.INSTANCE);
        return instance != null && trials.has(container.name()) && tower.wanted(instance);
    }

    /** As {@link Trials#faults}, for a container that runs here. */
    public Future<SortedMap<Integer, String>> tried(
            Assignment assignment,
            DeploymentSpec spec,
            SortedMap<Integer, Value.Content> others,
            BooleanSupplier wanted) {
        String in = cluster;
        String instance = assignment.instance();
        if (in == null) {
            return Future.failedFuture("it is not known yet to which cluster this node belongs");
        }
        return trials.faults(in, assignment, spec, others, () -> tower.wanted(instance) && wanted.getAsBoolean())
                .onComplete(done -> {
                    // a look that was begun before may show what was tried as something that is left over
                    seen.done(instance, looks.begun());
                    look();
                });
    }

    /** Other containers than before are to be left where they are. */
    public void lookAgain() {
        look();
    }

    /** What its container has is another: if it waits to be started again, it waits no longer. */
    public void mended(String instance) {
        if (memories.hurry(instance, loop.elapsed())) {
            reconcile();
        }
    }

    /** Something may be elsewhere: whose files were refused may have others now. */
    public void servicesChanged() {
        if (!comparing) {
            comparing = true;
            // whoever tells it may be in the middle of acting on a plan
            loop.execute(() -> {
                comparing = false;
                set.assignments().values().stream()
                        .filter(it -> isOutdated(it) && !hasContainer(it.instance()))
                        .map(Assignment::instance)
                        .forEach(this::mended);
            });
        }
    }

    private boolean isOutdated(Assignment assignment) {
        DeploymentSpec spec = assignment.spec();
        return spec != null && files.isOutdated(assignment.instance(), spec);
    }

    private boolean hasContainer(String instance) {
        return seen.main(instance).isPresent();
    }

    /** By which all that stops here is ended, for there is one line of the commands before. */
    public Endings endings() {
        return endings;
    }

    /** What is ordered of an instance; null: nothing. */
    public @Nullable Assignment order(String instance) {
        return set.get(instance);
    }

    /** How a container of an instance is to be ended. */
    public StopSpec stopOf(String instance, ContainerSnapshot container) {
        return stops.of(instance, container);
    }

    /** Tells of an instance again, since what is told with it is another. */
    public void retell(String instance) {
        if (memories.all().containsKey(instance)) {
            memories.remember(instance, memories.of(instance));
        }
    }

    /** Whether what was seen last of an instance may be of before something that was done with it since. */
    public boolean isMoving(String instance) {
        return isBusy(instance);
    }

    private boolean isBusy(String instance) {
        return flights.has(instance) || seen.isStale(instance);
    }

    /** Says whether there is something to do for the instance, now or later. */
    private boolean apply(String in, Action action) {
        return switch (action.step()) {
            case IGNORE -> false;
            case KEEP, WAIT -> {
                remember(action);
                yield action.until() != null;
            }
            case TEND -> {
                remember(action);
                if (health.takesAction(flights.atEngine())) {
                    tended.add(action.instance());
                    flights.tend(action);
                }
                yield true;
            }
            case FORGET -> {
                tended.remove(action.instance());
                flights.forget(action);
                yield true;
            }
            case CREATE, START, STOP, REMOVE -> {
                if (action.step() == ActionKind.CREATE && !disk.isEmpty()) {
                    memories.remember(action.instance(), action.memory().waiting(disk));
                } else if (health.takesAction(flights.atEngine())) {
                    tended.remove(action.instance());
                    act(in, action);
                }
                yield true;
            }
        };
    }

    private void remember(Action action) {
        boolean failed = memories.hasFailed(action.instance(), action.memory());
        memories.remember(action.instance(), action.memory());
        if (failed) {
            tellLastOutput(action.instance());
        }
    }

    /** Its container is still there: it is started again later, or waits to be looked at. */
    private void tellLastOutput(String instance) {
        seen.main(instance)
                .ifPresent(container -> output.lastLines(instance, container.id())
                        .onSuccess(text -> {
                            if (!text.isEmpty()) {
                                listener.lastOutput(instance, text);
                            }
                        }));
    }

    private void act(String in, Action action) {
        ContainerSnapshot container = action.container();
        tellFailed(container, action);
        if (container == null) {
            flights.create(in, action);
        } else if (action.step() == ActionKind.START) {
            flights.start(container, action);
        } else if (action.step() == ActionKind.STOP) {
            flights.stop(container, action);
        } else {
            flights.remove(container, action);
        }
    }

    private void tellFailed(@Nullable ContainerSnapshot container, Action action) {
        if (container == null || action.step() == ActionKind.START) {
            failed.starts(action.instance());
        } else if (container.state() != ContainerState.EXITED
                && action.memory().check().health() != Health.UNHEALTHY) {
            failed.ends(action.instance());
        }
    }

    private void tellEngine(String version, Capacity capacity) {
        String condition = health.condition();
        listener.engine(version, capacity, condition.isEmpty() ? diskCondition() : condition);
    }

    private String diskCondition() {
        return disk.isEmpty() ? flights.notRendered() : disk;
    }

    private void standIfEmpty() {
        if (stopped && flights.count() == 0) {
            stood.tryComplete();
        }
    }

    private void arm(Optional<Duration> again) {
        cancel(next);
        next = again.map(at -> loop.after(at.minus(loop.elapsed()), this::look)).orElse(null);
    }

    private static void cancel(Loop.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    private final class Tower implements Flights.Tower {
        @Override
        public boolean wanted(String instance) {
            Assignment assignment = set.get(instance);
            return !stopped
                    && assignment != null
                    && assignment.order() == Order.RUN
                    && !silence.silenced().contains(instance);
        }

        @Override
        public boolean isOtherwise(Assignment tried) {
            Assignment newest = set.get(tried.instance());
            return newest != null
                    && (Memories.looksAfterOtherwise(tried, newest)
                            || Memories.readsOtherwise(tried, newest)
                            || isOutdated(newest));
        }

        @Override
        public Future<Void> ending(String instance, Duration grace) {
            return listener.ending(instance, grace);
        }

        @Override
        public void landed(String instance) {
            listener.ended(instance);
            seen.done(instance, looks.begun());
            memories.dropForgotten(set);
            tellEngine("", Capacity.UNKNOWN);
            look();
            standIfEmpty();
        }
    }
}
