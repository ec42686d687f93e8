package io.knit.core.agent.run;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Health;
import io.knit.api.model.PullProgress;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.agent.engine.Advice;
import io.knit.core.agent.engine.EngineHealth;
import io.knit.core.agent.engine.EngineSteps;
import io.knit.core.agent.engine.Failure;
import io.knit.core.agent.part.SidecarSteps;
import io.knit.core.agent.reconcile.Action;
import io.knit.core.agent.reconcile.Ending;
import io.knit.core.agent.reconcile.Tending;
import io.knit.core.agent.reconcile.memory.BackOff;
import io.knit.core.agent.reconcile.memory.Check;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.agent.reconcile.memory.StartCourse;
import io.knit.core.wire.Assignment;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The actions that are under way, at most one for each instance. Only on the loop. */
final class Flights {
    private static final Logger LOG = LoggerFactory.getLogger(Flights.class);

    /** So often the server is told how far a pull has come. */
    private static final Duration TELLING = Duration.ofSeconds(2);

    private final Loop loop;
    private final EngineSteps steps;
    private final SidecarSteps sidecars;
    private final EngineHealth health;
    private final Memories memories;
    private final BackOff backOff;
    private final Stops stops;
    private final Tower tower;
    private final Map<String, Flight> underWay = new HashMap<>();
    /** Instances whose files the disk did not take, and why. */
    private final Map<String, String> notRendered = new TreeMap<>();

    /** Who decides on flights. */
    interface Tower {
        /** Whether the instance is still to run. */
        boolean wanted(String instance);

        /** Whether it would be made otherwise now than by this order, which is not the newest any more, or by what was known then. */
        boolean isOtherwise(Assignment tried);

        /** Who has to do with its container is told that it goes; gives when it may. */
        Future<Void> ending(String instance, Duration grace);

        /** The instance's action ended; what came of it is in its memory. */
        void landed(String instance);
    }

    Flights(
            Loop loop,
            EngineSteps steps,
            SidecarSteps sidecars,
            EngineHealth health,
            Memories memories,
            BackOff backOff,
            Stops stops,
            Tower tower) {
        this.loop = loop;
        this.steps = steps;
        this.sidecars = sidecars;
        this.health = health;
        this.memories = memories;
        this.backOff = backOff;
        this.stops = stops;
        this.tower = tower;
    }

    /** Why the disk takes no files of an instance that is to run; empty: it does. */
    String notRendered() {
        notRendered.keySet().removeIf(instance -> !tower.wanted(instance));
        return notRendered.isEmpty() ? "" : notRendered.values().iterator().next();
    }

    int count() {
        return underWay.size();
    }

    /** Those that have the engine do more than fetch an image, or run what has to end, which says nothing of it and may take as long as it likes. */
    int atEngine() {
        return (int) underWay.values().stream()
                .filter(flight -> !flight.pulling && !flight.held && !flight.awaiting)
                .count();
    }

    boolean has(String instance) {
        return underWay.containsKey(instance);
    }

    /** Forgets those that have touched nothing but images and files so far, wait for others, and whose instance is not to run any more. */
    void abandonPulls() {
        underWay.values().removeIf(flight -> (flight.pulling || flight.held) && !tower.wanted(flight.instance));
    }

    void create(String cluster, Action action) {
        Flight flight = begin(action, true);
        Assignment assignment = Objects.requireNonNull(action.assignment());
        memories.remember(flight.instance, action.memory().preparing().with(flight.course));
        end(
                flight,
                steps.create(cluster, assignment, flight),
                pulled -> started(flight, assignment, pulled.note(), health(assignment, pulled.checked())));
    }

    void start(ContainerSnapshot container, Action action) {
        Flight flight = begin(action, false);
        memories.remember(
                flight.instance, action.memory().startingAgain(loop.elapsed()).with(flight.course));
        end(
                flight,
                steps.start(action.assignment(), flight.instance, container, isLast(flight)),
                done -> started(flight, action.assignment(), "", health(action)));
    }

    private InstanceMemory started(Flight flight, @Nullable Assignment assignment, String note, Health health) {
        Duration now = loop.elapsed();
        DeploymentSpec spec = assignment == null ? null : assignment.spec();
        InstanceMemory memory = memory(flight);
        InstanceMemory next = spec == null || spec.sidecars().isEmpty()
                ? memory.started(now, note, health)
                : memory.launched(now, note, health);
        return next.with(flight.course.started(now));
    }

    /** Of a container that ran before: what its image has it had then. */
    private Health health(Action action) {
        boolean before = action.memory().check().health() != Health.NONE;
        Assignment assignment = action.assignment();
        return assignment == null ? Health.NONE : health(assignment, before);
    }

    private static Health health(Assignment assignment, boolean imageChecked) {
        DeploymentSpec spec = assignment.spec();
        return spec == null ? Health.NONE : Check.atStart(spec.health(), imageChecked);
    }

    void stop(ContainerSnapshot container, Action action) {
        Flight flight = begin(action, false);
        memories.remember(flight.instance, action.memory());
        StopSpec how = stops.of(flight.instance, container);
        // a silenced one may be replaced by then
        boolean inTime = action.memory().isSilenced();
        end(
                flight,
                leave(flight, container, how).compose(left -> steps.stop(container.id(), how, inTime)),
                done -> memory(flight).halted(loop.elapsed(), backOff));
    }

    void remove(ContainerSnapshot container, Action action) {
        Flight flight = begin(action, false);
        StopSpec how = stops.of(flight.instance, container);
        end(
                flight,
                leave(flight, container, how).compose(left -> steps.remove(container, how)),
                done -> memory(flight).removed(loop.elapsed(), backOff));
    }

    /** Of what shall run, the container goes because it does not do its work: nobody waits for it. */
    private Future<Void> leave(Flight flight, ContainerSnapshot container, StopSpec how) {
        if (container.state() != ContainerState.RUNNING || tower.wanted(flight.instance)) {
            return Future.succeededFuture();
        }
        flight.awaiting = true;
        return tower.ending(flight.instance, how.grace()).onComplete(any -> flight.awaiting = false);
    }

    void tend(Action action) {
        Flight flight = begin(action, false);
        Assignment assignment = action.assignment();
        DeploymentSpec spec = assignment == null ? null : assignment.spec();
        Tending tending = Objects.requireNonNull(action.tending());
        sidecars.tend(tending, action.container(), assignment, flight::wanted).onSuccess(done -> {
            if (!isUnderWay(flight)) {
                return;
            }
            if (done.answered()) {
                health.actionSucceeded();
            } else {
                health.actionUnanswered(done.stuck());
            }
            InstanceMemory memory = memory(flight);
            BackOff own = spec == null ? backOff : backOff.of(spec.restart(), flight.instance);
            land(flight, memory.with(done.on(memory.sidecars(), loop.elapsed(), own)));
        });
    }

    void forget(Action action) {
        Flight flight = begin(action, false);
        steps.deleteFiles(flight.instance)
                .onComplete(done -> land(flight, memory(flight).gone()));
    }

    private Flight begin(Action action, boolean pulling) {
        LOG.info("{} {}: {}", action.step(), action.instance(), action.reason());
        Flight flight = new Flight(action, pulling);
        underWay.put(flight.instance, flight);
        return flight;
    }

    private <T> void end(Flight flight, Future<T> steps, Function<T, InstanceMemory> success) {
        steps.onComplete(result -> {
            if (!isUnderWay(flight)) {
                return;
            }
            if (result.succeeded()) {
                health.actionSucceeded();
                land(flight, success.apply(result.result()));
            } else {
                remember(flight, result.cause());
                land(flight, after(flight, Failure.of(result.cause())));
            }
        });
    }

    private void remember(Flight flight, Throwable cause) {
        if (cause instanceof IOException) {
            notRendered.put(flight.instance, Failure.of(cause).words());
        }
    }

    private InstanceMemory after(Flight flight, Failure failure) {
        InstanceMemory memory = memory(flight);
        if (failure.kind() != Failure.Kind.ABANDONED) {
            LOG.warn("{} {} failed: {}", flight.action.step(), flight.instance, failure.words());
        }
        return switch (failure.kind()) {
            case ABANDONED -> memory;
            case UNANSWERED -> {
                health.actionUnanswered(failure.words());
                yield memory.unanswered(failure.words(), loop.elapsed(), backOff);
            }
            case BUSY -> memory.unanswered(failure.words(), loop.elapsed(), backOff);
            case REJECTED ->
                isRemoval(flight) ? notRemoved(memory, failure) : memory.rejected(Advice.of(failure, flight.action));
            case NOT_YET ->
                isRemoval(flight)
                        ? notRemoved(memory, failure)
                        : memory.refused(
                                Advice.later(failure), loop.elapsed(), backOff.of(restart(flight), flight.instance));
            case REFUSED -> isRemoval(flight) ? notRemoved(memory, failure) : refused(flight, memory, failure.words());
        };
    }

    /** Whether a refusal would use up what it has of attempts. */
    private boolean isLast(Flight flight) {
        RestartSpec restart = restart(flight);
        return Ending.usedUp(restart, counted(restart, memory(flight)).ends()) != null;
    }

    private InstanceMemory counted(RestartSpec restart, InstanceMemory memory) {
        return restart.attempts() == 0 ? memory : memory.counting(loop.elapsed(), restart.window());
    }

    /** A start that the engine refused is an attempt like one that ended. */
    private InstanceMemory refused(Flight flight, InstanceMemory memory, String words) {
        Assignment assignment = flight.action.assignment();
        RestartSpec restart = restart(flight);
        InstanceMemory counted = counted(restart, memory);
        Ending ending = Ending.usedUp(restart, counted.ends());
        if (ending != null) {
            return counted.over(ending.after(words), ending.isComplete(), null);
        }
        InstanceMemory refused = counted.refused(words, loop.elapsed(), backOff.of(restart, flight.instance));
        return assignment != null && tower.isOtherwise(assignment) ? refused.hurried(loop.elapsed()) : refused;
    }

    private static RestartSpec restart(Flight flight) {
        Assignment assignment = flight.action.assignment();
        return assignment == null || assignment.spec() == null
                ? RestartSpec.DEFAULT
                : assignment.spec().restart();
    }

    private static boolean isRemoval(Flight flight) {
        return switch (flight.action.step()) {
            case REMOVE, STOP -> true;
            case KEEP, CREATE, START, TEND, WAIT, FORGET, IGNORE -> false;
        };
    }

    private InstanceMemory notRemoved(InstanceMemory memory, Failure failure) {
        return memory.notRemoved(failure.words(), loop.elapsed(), backOff);
    }

    private void land(Flight flight, InstanceMemory after) {
        if (isUnderWay(flight)) {
            underWay.remove(flight.instance);
            memories.remember(flight.instance, after);
            if (!flight.wrote.isEmpty()) {
                memories.wrote(flight.instance, flight.wrote);
            }
            tower.landed(flight.instance);
        }
    }

    private InstanceMemory memory(Flight flight) {
        return memories.of(flight.instance);
    }

    private boolean isUnderWay(Flight flight) {
        return underWay.get(flight.instance) == flight;
    }

    private final class Flight implements EngineSteps.Progress {
        private final Action action;
        private final String instance;
        private boolean pulling;
        /** Whether it can't go on before something else is over. */
        private boolean held;
        /** Whether what runs has to end first. */
        private boolean awaiting;
        /** What a part of it that failed wrote last; empty: none did. */
        private String wrote = "";
        /** Told only with what is told anyway. */
        private StartCourse course;
        /** When it was last told how far the pull has come; null: never. */
        private @Nullable Duration told;

        Flight(Action action, boolean pulling) {
            this.action = action;
            this.instance = action.instance();
            this.pulling = pulling;
            this.course = action.memory().start().begun(loop.elapsed());
        }

        @Override
        public boolean wanted() {
            return isUnderWay(this) && tower.wanted(instance);
        }

        @Override
        public void remark(String words) {
            if (pulling && isUnderWay(this)) {
                memories.remember(instance, memory(this).waiting(words));
            }
        }

        @Override
        public void pulling(PullProgress progress) {
            Duration now = loop.elapsed();
            if (pulling && isUnderWay(this) && (told == null || now.compareTo(told.plus(TELLING)) >= 0)) {
                told = now;
                memories.pulling(instance, progress);
            }
        }

        @Override
        public void pulled() {
            pulling = false;
            course = course.pulled(loop.elapsed());
        }

        @Override
        public void held(String words) {
            held = true;
            if (!words.isEmpty() && isUnderWay(this)) {
                memories.remember(instance, memory(this).waiting(words));
            }
        }

        @Override
        public void prepared() {
            held = false;
            notRendered.remove(instance);
            memories.remember(instance, memory(this).starting().with(course));
        }

        @Override
        public void awaits(boolean end) {
            awaiting = end;
        }

        @Override
        public void lasts(String words) {
            if (isUnderWay(this)) {
                memories.remember(instance, memory(this).starting(words));
            }
        }

        @Override
        public void wrote(String text) {
            wrote = text;
        }

        @Override
        public void created() {
            course = course.created(loop.elapsed());
        }
    }
}
