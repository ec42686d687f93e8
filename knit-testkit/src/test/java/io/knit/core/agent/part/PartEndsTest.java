package io.knit.core.agent.part;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When a container counts as ended, by what looks show. */
class PartEndsTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final List<String> told = new ArrayList<>();
    private long begun = 7;
    private boolean wanted = true;
    private final PartEnds ends = new PartEnds(loop, () -> begun);

    private final PartWatch watch = new PartWatch() {
        @Override
        public boolean wanted() {
            return wanted;
        }

        @Override
        public void awaits(boolean end) {
            told.add(end ? "awaits" : "goes on");
        }

        @Override
        public void lasts(String words) {
            told.add(words);
        }

        @Override
        public void wrote(String text) {
            throw new AssertionError(text);
        }
    };

    private static ContainerSnapshot in(ContainerState state) {
        return new ContainerSnapshot("c", "c", state, Map.of(), null, 0, null, null);
    }

    private Future<PartEnds.End> end(PartEnds.Wait wait) {
        return wait.end(Duration.ofMinutes(1), Duration.ofSeconds(2), "it runs");
    }

    private void seen(long look, ContainerState... states) {
        ends.seen(look, Arrays.stream(states).map(PartEndsTest::in).toList());
    }

    @Test
    @DisplayName("a look that was begun before the start shows an earlier end, one begun after it this one")
    void whichStart() {
        PartEnds.Wait wait = ends.of("c", watch);
        Future<PartEnds.End> end = end(wait);
        seen(7, ContainerState.EXITED);
        assertThat(end.isComplete()).isFalse();
        seen(8, ContainerState.EXITED);
        assertThat(end.result().how()).isEqualTo(PartEnds.How.ENDED);
        assertThat(told).containsExactly("awaits", "goes on");
    }

    @Test
    @DisplayName("an end that is seen before the engine has answered the start is not missed")
    void quick() {
        PartEnds.Wait wait = ends.of("c", watch);
        seen(8, ContainerState.EXITED);
        assertThat(end(wait).result().how()).isEqualTo(PartEnds.How.ENDED);
    }

    @Test
    @DisplayName("what was shown once and is not any more is gone; what was never shown may be shown late")
    void gone() {
        PartEnds.Wait wait = ends.of("c", watch);
        seen(8);
        Future<PartEnds.End> end = end(wait);
        queue.runFor(Duration.ofSeconds(2));
        seen(9);
        assertThat(end.isComplete()).isFalse();
        seen(10, ContainerState.RUNNING);
        seen(11);
        assertThat(end.result().how()).isEqualTo(PartEnds.How.GONE);

        Future<PartEnds.End> never = end(ends.of("c", watch));
        queue.runFor(Duration.ofSeconds(6));
        seen(12);
        assertThat(never.result().how()).isEqualTo(PartEnds.How.GONE);
    }

    @Test
    @DisplayName(
            "one that lasts is told of once, and is late at last; what is not waited for any more is not looked at")
    void late() {
        PartEnds.Wait wait = ends.of("c", watch);
        Future<PartEnds.End> end = end(wait);
        queue.runFor(Duration.ofMinutes(2));
        assertThat(end.result().how()).isEqualTo(PartEnds.How.LATE);
        assertThat(told).containsExactly("awaits", "it runs", "goes on");
        wait.drop();
        assertThat(ends.waiting()).isZero();
    }

    @Test
    @DisplayName("who is not wanted, or waits when the agent stops, is not waited for")
    void unwanted() {
        Future<PartEnds.End> one = end(ends.of("c", watch));
        wanted = false;
        ends.lookWhoIsWanted();
        assertThat(one.result().how()).isEqualTo(PartEnds.How.UNWANTED);
        assertThat(end(ends.of("c", watch)).result().how()).isEqualTo(PartEnds.How.UNWANTED);
        wanted = true;
        Future<PartEnds.End> other = end(ends.of("c", watch));
        assertThat(other.isComplete()).isFalse();
        ends.stop();
        assertThat(other.result().how()).isEqualTo(PartEnds.How.UNWANTED);
    }
}
