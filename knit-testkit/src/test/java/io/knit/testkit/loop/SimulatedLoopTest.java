package io.knit.testkit.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.loop.Loop;
import io.knit.testkit.contract.LoopContract;
import io.knit.testkit.sim.EventQueue;
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
}
