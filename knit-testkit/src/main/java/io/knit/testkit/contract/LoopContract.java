package io.knit.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.loop.Loop;
import io.knit.testkit.Futures;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a {@link Loop} must do. */
public abstract class LoopContract {
    /** The loop under test, the same in all calls of one test. */
    protected abstract Loop loop();

    /** Waits until the condition holds; a loop that must be driven from outside overrides it and drives. */
    protected void until(BooleanSupplier condition) {
        Awaitility.await().atMost(Futures.PATIENCE).until(condition::getAsBoolean);
    }

    /** Whether the loop has a thread of its own; false for one that is driven by the test's. */
    protected boolean hasThread() {
        return true;
    }

    @Test
    @DisplayName("1. tasks run in the order given")
    void runsInOrder() {
        List<Integer> seen = new CopyOnWriteArrayList<>();
        IntStream.range(0, 500).forEach(i -> loop().execute(() -> seen.add(i)));
        until(() -> seen.size() == 500);
        assertThat(seen).isSorted();
    }

    @Test
    @DisplayName("1. tasks run one at a time, whichever way they came")
    void runsOneAtATime() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        Runnable task = () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.yield();
            running.decrementAndGet();
            done.incrementAndGet();
        };
        for (int i = 0; i < 100; i++) {
            loop().execute(task);
            loop().after(Duration.ofMillis(i % 5), task);
            // asked for on the loop: a listener that is added elsewhere may find the result there, and is told where it
            // stands
            loop().execute(() -> loop().blocking(() -> 1).onComplete(result -> task.run()));
        }
        until(() -> done.get() == 300);
        assertThat(most).hasValue(1);
    }

    @Test
    @DisplayName("1. a task that throws does not keep the next from running")
    void survivesAThrowingTask() {
        AtomicBoolean ran = new AtomicBoolean();
        loop().execute(() -> {
            throw new IllegalStateException("thrown by the contract test on purpose");
        });
        loop().execute(() -> ran.set(true));
        until(ran::get);
        assertThat(ran).isTrue();
    }

    @Test
    @DisplayName("2. no task runs inside the call that hands it over")
    void runsLater() {
        List<String> order = new CopyOnWriteArrayList<>();
        loop().execute(() -> {
            loop().execute(() -> order.add("executed"));
            loop().after(Duration.ofMillis(1), () -> order.add("timer"));
            loop().blocking(() -> 1).onComplete(result -> order.add("blocking"));
            order.add("caller");
        });
        until(() -> order.size() == 4);
        assertThat(order).startsWith("caller").contains("executed", "timer", "blocking");
    }

    @Test
    @DisplayName("3. a timer does not fire early, and fires on the loop")
    void timerIsNotEarly() {
        AtomicReference<Thread> onLoop = new AtomicReference<>();
        AtomicReference<Thread> onTimer = new AtomicReference<>();
        AtomicReference<Duration> fired = new AtomicReference<>();
        loop().execute(() -> onLoop.set(Thread.currentThread()));
        Duration from = loop().elapsed();
        loop().after(Duration.ofMillis(100), () -> {
            onTimer.set(Thread.currentThread());
            fired.set(loop().elapsed());
        });
        until(() -> fired.get() != null);
        assertThat(fired.get()).isGreaterThanOrEqualTo(from.plusMillis(100));
        assertThat(onTimer.get()).isSameAs(onLoop.get());
    }

    @Test
    @DisplayName("3. a timer cancelled on the loop never fires, not even if its time has come")
    void cancelledTimerDoesNotFire() {
        AtomicBoolean fired = new AtomicBoolean();
        AtomicBoolean over = new AtomicBoolean();
        loop().execute(() -> {
            List<Loop.Timer> timers = new ArrayList<>();
            loop().after(Duration.ofMillis(1), () -> timers.forEach(Loop.Timer::cancel));
            timers.add(loop().after(Duration.ofMillis(1), () -> fired.set(true)));
            timers.add(loop().after(Duration.ofMillis(20), () -> fired.set(true)));
        });
        loop().after(Duration.ofMillis(100), () -> over.set(true));
        until(over::get);
        assertThat(fired).isFalse();
    }

    @Test
    @DisplayName("4. blocking work runs off the loop, its result is given on the loop")
    void blockingRunsElsewhere() {
        AtomicReference<Thread> onLoop = new AtomicReference<>();
        AtomicReference<Thread> working = new AtomicReference<>();
        AtomicReference<Thread> completing = new AtomicReference<>();
        AtomicReference<String> result = new AtomicReference<>();
        loop().execute(() -> {
            onLoop.set(Thread.currentThread());
            loop().blocking(() -> {
                        working.set(Thread.currentThread());
                        return "done";
                    })
                    .onSuccess(value -> {
                        completing.set(Thread.currentThread());
                        result.set(value);
                    });
        });
        until(() -> result.get() != null);
        assertThat(result).hasValue("done");
        assertThat(completing.get()).isSameAs(onLoop.get());
        if (hasThread()) {
            assertThat(working.get()).isNotSameAs(onLoop.get());
        }
    }

    @Test
    @DisplayName("4. blocking work that throws fails its future on the loop")
    void blockingFails() {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Future<Object> work = loop().blocking(() -> {
            throw new IllegalArgumentException("thrown by the contract test on purpose");
        });
        work.onFailure(failure::set);
        until(() -> failure.get() != null);
        assertThat(failure.get()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("5. the time that elapsed never goes back, on whichever thread it is read, and goes on")
    void elapsedGoesOn() {
        Duration from = loop().elapsed();
        List<Duration> seen = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 50; i++) {
            loop().after(Duration.ofMillis(i % 7), () -> seen.add(loop().elapsed()));
            loop().blocking(() -> loop().elapsed())
                    .onSuccess(read -> assertThat(loop().elapsed()).isGreaterThanOrEqualTo(read));
        }
        until(() -> seen.size() == 50);
        assertThat(seen).isSorted();
        assertThat(seen.get(0)).isGreaterThanOrEqualTo(from);
        assertThat(seen.get(49)).isGreaterThanOrEqualTo(from.plusMillis(6));
    }
}
