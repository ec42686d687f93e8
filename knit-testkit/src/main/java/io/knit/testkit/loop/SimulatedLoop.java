package io.knit.testkit.loop;

import io.knit.api.spi.loop.Loop;
import io.knit.core.loop.Pulse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The loop of one simulated process, run by the thread that runs the {@link EventQueue}. {@link #kill} ends it as
 * {@code kill -9} ends a process: nothing of it ever runs again. What a task throws ends the simulation, unless
 * {@link #tolerant} was asked for. Tasks take no time unless {@link #slow} says how much. For one thread only.
 */
public final class SimulatedLoop implements Loop, Pulse {
    private static final int MOST_TASK_DELAY_MICROS = 500;
    private static final int MOST_WORK_DELAY_MICROS = 20_000;
    private static final Duration SOCKETS_ARE_READ = Duration.ofMillis(20);

    private final EventQueue queue;
    private final RandomGenerator random;
    private final boolean tolerant;
    private final Instant start;
    private final List<Runnable> missedTasks = new ArrayList<>();
    private final List<Runnable> missedTimers = new ArrayList<>();
    private final List<Runnable> missedWork = new ArrayList<>();
    /** What is due while a task takes its time, timers and tasks alike, in the order in which they were due. */
    private final Deque<Runnable> behind = new ArrayDeque<>();

    private boolean nextIsPlanned;

    private Supplier<Duration> costs = () -> Duration.ZERO;
    private Instant busyUntil = Instant.MIN;
    /** Of the task that runs: how much of its time it has seen pass, and how much there is. */
    private Duration passed = Duration.ZERO;

    private Duration cost = Duration.ZERO;
    private Duration clockError;
    private boolean standsStill;
    private Duration stoodSince = Duration.ZERO;
    private Duration lastStandstill = Duration.ZERO;
    private Duration stoodStill = Duration.ZERO;
    private boolean alive = true;
    private Instant lastTask = Instant.MIN;
    private Instant lastSeen = Instant.MIN;

    /**
     * Makes the loop of a new process.
     *
     * @param random for how long a task waits for its turn, and work for its disk
     * @param clockError how far this process' clock is ahead (or, if negative, behind)
     */
    public SimulatedLoop(EventQueue queue, RandomGenerator random, Duration clockError) {
        this(queue, random, clockError, false);
    }

    private SimulatedLoop(EventQueue queue, RandomGenerator random, Duration clockError, boolean tolerant) {
        this.queue = Objects.requireNonNull(queue, "queue");
        this.random = Objects.requireNonNull(random, "random");
        this.clockError = Objects.requireNonNull(clockError, "clockError");
        this.tolerant = tolerant;
        this.start = queue.now();
    }

    public SimulatedLoop(EventQueue queue) {
        this(queue, queue.newRandom(), Duration.ZERO);
    }

    /** A loop that drops what a task throws, as a process that logs it does. */
    public static SimulatedLoop tolerant(EventQueue queue) {
        return new SimulatedLoop(queue, queue.newRandom(), Duration.ZERO, true);
    }

    /** Ends the process. Work under way is not undone, but nobody hears of it. */
    public void kill() {
        alive = false;
    }

    public boolean alive() {
        return alive;
    }

    /** Stops the process as {@code SIGSTOP} does: nothing of it runs until {@link #resume}. */
    public void pause() {
        if (standsStill) {
            return;
        }
        standsStill = true;
        stoodSince = elapsed();
    }

    /**
     * Lets the process go on: with what waited on the loop, its overdue timers and its workers, and after them with what was brought to
     * it, for that waits in sockets. Does nothing if it goes.
     */
    public void resume() {
        if (!standsStill) {
            return;
        }
        standsStill = false;
        Duration stood = elapsed().minus(stoodSince);
        if (stood.compareTo(LEAST) > 0) {
            lastStandstill = elapsed();
            stoodStill = stoodStill.plus(stood);
        }
        planNext();
        missedWork.forEach(work -> queue.after(Duration.ZERO, () -> work(work)));
        missedWork.clear();
        missedTimers.forEach(timer -> queue.after(Duration.ZERO, () -> run(timer, missedTimers)));
        missedTimers.clear();
        List<Runnable> brought = List.copyOf(missedTasks);
        missedTasks.clear();
        queue.after(SOCKETS_ARE_READ, () -> brought.forEach(this::execute));
    }

    /**
     * Sets this process' clock, as {@link #now} tells it; {@link #elapsed} and timers count on as before.
     *
     * @param ahead how far it is ahead of the queue's from now on (or, if negative, behind)
     */
    public void setClock(Duration ahead) {
        clockError = Objects.requireNonNull(ahead, "ahead");
    }

    /**
     * Has each task and timer from now on take so long, as one does that computes: what is due meanwhile waits behind it, in its order,
     * while workers, other processes and the network go on. A task takes effect when it begins; each look at a clock that it takes shows
     * some more of its time passed. That differs from {@link #pause}, by which nothing of the process runs.
     *
     * @param costs asked for each task; zero or more
     */
    public void slow(Supplier<Duration> costs) {
        this.costs = Objects.requireNonNull(costs, "costs");
    }

    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        Instant moment = queue.now().plus(upTo(MOST_TASK_DELAY_MICROS));
        if (moment.isBefore(lastTask)) {
            moment = lastTask;
        }
        lastTask = moment;
        queue.at(moment, () -> run(task, missedTasks));
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        Duration wait = delay.isNegative() ? Duration.ZERO : delay;
        SimulatedTimer timer = new SimulatedTimer(task);
        Instant from = lastSeen.isAfter(queue.now()) ? lastSeen : queue.now();
        Timer planned = queue.at(from.plus(wait).plus(upTo(MOST_TASK_DELAY_MICROS)), () -> run(timer, missedTimers));
        return () -> {
            timer.cancelled = true;
            planned.cancel();
        };
    }

    /** One that was missed and is cancelled before its turn must not fire either. */
    private static final class SimulatedTimer implements Runnable {
        private final Runnable task;
        private boolean cancelled;

        SimulatedTimer(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }
    }

    @Override
    public <T> Future<T> blocking(Callable<T> work) {
        Objects.requireNonNull(work, "work");
        Promise<T> done = Promise.promise();
        queue.after(upTo(MOST_WORK_DELAY_MICROS), () -> work(() -> finish(work, done)));
        return done.future();
    }

    /** Workers don't wait for the loop's thread, but they stand still with the process and die with it. */
    private void work(Runnable work) {
        if (!alive) {
            return;
        }
        if (standsStill) {
            missedWork.add(work);
            return;
        }
        work.run();
    }

    private <T> void finish(Callable<T> work, Promise<T> done) {
        T result;
        try {
            result = work.call();
        } catch (Exception e) {
            execute(() -> done.fail(e));
            return;
        }
        execute(() -> done.complete(result));
    }

    @Override
    public Duration lastStandstill() {
        return lastStandstill;
    }

    @Override
    public Duration stoodStill() {
        return stoodStill;
    }

    @Override
    public Instant now() {
        return moment().plus(clockError).truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public Duration elapsed() {
        return Duration.between(start, moment());
    }

    private Instant moment() {
        if (cost.compareTo(passed) > 0) {
            passed = passed.plusNanos(random.nextLong(cost.minus(passed).toNanos() + 1));
        }
        Instant moment = queue.now().plus(passed);
        if (moment.isAfter(lastSeen)) {
            lastSeen = moment;
        }
        return lastSeen;
    }

    private void run(Runnable task, List<Runnable> missed) {
        if (!alive) {
            return;
        }
        if (standsStill) {
            missed.add(task);
            return;
        }
        if (!behind.isEmpty() || isBusy()) {
            await(task);
            return;
        }
        begin(task);
    }

    private boolean isBusy() {
        return queue.now().isBefore(busyUntil);
    }

    private void await(Runnable task) {
        behind.add(task);
        planNext();
    }

    private void planNext() {
        if (!nextIsPlanned && !behind.isEmpty()) {
            nextIsPlanned = true;
            queue.at(busyUntil, this::runNext);
        }
    }

    private void runNext() {
        nextIsPlanned = false;
        if (!alive || standsStill) {
            return;
        }
        if (!isBusy()) {
            begin(behind.remove());
        }
        planNext();
    }

    private void begin(Runnable task) {
        cost = costs.get();
        busyUntil = queue.now().plus(cost);
        try {
            task.run();
        } catch (RuntimeException e) {
            if (!tolerant) {
                throw e;
            }
        } finally {
            cost = Duration.ZERO;
            passed = Duration.ZERO;
        }
    }

    private Duration upTo(int micros) {
        return Duration.ofNanos(random.nextInt(micros) * 1000L);
    }
}
