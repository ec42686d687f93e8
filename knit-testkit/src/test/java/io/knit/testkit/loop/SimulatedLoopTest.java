package io.knit.testkit.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.loop.Loop;
import io.knit.testkit.contract.LoopContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SimulatedLoopTest extends LoopContract {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = SimulatedLoop.tolerant(queue);

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected void until(BooleanSupplier condition) {
        assertThat(queue.runUntil(condition, Duration.ofMinutes(1))).isTrue();
    }

    @Override
    protected boolean hasThread() {
        return false;
    }

    @Test
    @DisplayName("5. a clock that is set, back or forth, does not move the time that elapsed, nor any timer")
    void clockSet() {
        Duration begin = loop.elapsed();
        List<Duration> fired = new ArrayList<>();
        loop.after(Duration.ofSeconds(10), () -> fired.add(loop.elapsed()));
        loop.setClock(Duration.ofHours(-1));
        queue.runFor(Duration.ofSeconds(5));
        loop.setClock(Duration.ofHours(2));
        queue.runFor(Duration.ofSeconds(6));
        assertThat(loop.elapsed()).isEqualTo(begin.plusSeconds(11));
        assertThat(fired).hasSize(1);
        assertThat(loop.now()).isEqualTo(queue.now().plusSeconds(7200));
    }

    @Test
    @DisplayName("a killed loop runs nothing any more: no task, no timer, no work, no result of work already done")
    void kill() {
        for (int steps = 0; steps < 4; steps++) {
            EventQueue events = new EventQueue(steps);
            SimulatedLoop killed = new SimulatedLoop(events);
            List<String> ran = new ArrayList<>();
            killed.execute(() -> ran.add("task"));
            killed.after(Duration.ofSeconds(1), () -> ran.add("timer"));
            killed.blocking(() -> ran.add("work")).onComplete(done -> ran.add("result"));
            for (int step = 0; step < steps; step++) {
                events.step();
            }
            int before = ran.size();
            killed.kill();
            events.runFor(Duration.ofMinutes(1));
            assertThat(ran).hasSize(before);
        }
    }

    @Test
    @DisplayName("a slow loop has what is due wait behind the task that runs, in its order, while workers go on")
    void slow() {
        List<String> ran = new ArrayList<>();
        loop.slow(() -> Duration.ofMillis(100));
        loop.execute(() -> ran.add("a"));
        loop.execute(() -> ran.add("b"));
        loop.after(Duration.ofMillis(50), () -> ran.add("timer"));
        loop.after(Duration.ofMillis(60), () -> ran.add("cancelled")).cancel();
        loop.blocking(() -> ran.add("work")).onComplete(done -> ran.add("result"));
        queue.runFor(Duration.ofMillis(90));
        assertThat(ran).containsExactly("a", "work");
        queue.runFor(Duration.ofMillis(100));
        assertThat(ran).containsExactly("a", "work", "b");
        queue.runFor(Duration.ofMillis(220));
        assertThat(ran).containsExactlyInAnyOrder("a", "work", "b", "timer", "result");
        loop.slow(() -> Duration.ZERO);
        loop.execute(() -> ran.add("c"));
        queue.runFor(Duration.ofMillis(200));
        assertThat(ran).endsWith("c");
    }

    @Test
    @DisplayName("a slow task sees its time pass and never go back, and its timers count from what it saw")
    void timeOfATask() {
        loop.slow(() -> Duration.ofMillis(100));
        List<Duration> seen = new ArrayList<>();
        List<Duration> fired = new ArrayList<>();
        loop.execute(() -> {
            for (int i = 0; i < 5; i++) {
                seen.add(loop.elapsed());
            }
            loop.after(Duration.ofSeconds(1), () -> fired.add(loop.elapsed()));
        });
        queue.runUntil(() -> !seen.isEmpty(), Duration.ofSeconds(1));
        seen.add(loop.elapsed());
        assertThat(seen).isSorted();
        assertThat(seen.get(4).minus(seen.get(0))).isBetween(Duration.ofNanos(1), Duration.ofMillis(100));
        queue.runFor(Duration.ofSeconds(2));
        assertThat(fired)
                .singleElement()
                .satisfies(at -> assertThat(at.minus(seen.get(4))).isGreaterThanOrEqualTo(Duration.ofSeconds(1)));
    }

    @Test
    @DisplayName("while a process stands still none of its workers runs, nor does a task that waited on its slow loop")
    void pause() {
        List<String> ran = new ArrayList<>();
        loop.slow(() -> Duration.ofMillis(100));
        loop.execute(() -> ran.add("a"));
        loop.execute(() -> ran.add("b"));
        loop.blocking(() -> ran.add("work")).onComplete(done -> ran.add("result"));
        queue.runUntil(() -> !ran.isEmpty(), Duration.ofSeconds(1));
        loop.pause();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(ran).containsExactly("a");
        loop.resume();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(ran).startsWith("a").containsExactlyInAnyOrder("a", "b", "work", "result");
    }

    @Test
    @DisplayName("to go on is nothing new for a process that goes, and to stand still for one that stands")
    void twice() {
        queue.runFor(Duration.ofMinutes(1));
        loop.resume();
        assertThat(loop.stoodStill()).isZero();
        loop.pause();
        queue.runFor(Duration.ofMinutes(1));
        loop.pause();
        loop.resume();
        loop.resume();
        assertThat(loop.stoodStill()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    @DisplayName("a slow loop that is killed runs nothing of what waits")
    void killSlow() {
        List<String> ran = new ArrayList<>();
        loop.slow(() -> Duration.ofMillis(100));
        loop.execute(() -> ran.add("a"));
        loop.execute(() -> ran.add("b"));
        queue.runFor(Duration.ofMillis(50));
        loop.kill();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(ran).containsExactly("a");
    }
}
