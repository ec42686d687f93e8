package io.knit.core.server.inside;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.LogLine;
import io.knit.core.wire.asked.LogText;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a reader is told of the instances that can't be read. */
class LogReadingTest {
    private static final KnitException GONE = new KnitException(ErrorCode.NOT_FOUND, "nothing is kept any more");
    private static final KnitException HAS_NOT = new KnitException(ErrorCode.NOT_FOUND, "there is no such thing here");
    private static final KnitException DOWN = new KnitException(ErrorCode.TRANSPORT_UNAVAILABLE, "node b is down");

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final Told told = new Told();

    private void read(boolean follow, Asking reads) {
        LogReading reading = new LogReading(loop, follow, told);
        loop.execute(() -> reads.of(reading));
        queue.runFor(Duration.ofSeconds(5));
    }

    private static void gives(LogReading.Source source) {
        source.begun();
        source.data(0, LogText.bytes(new LogLine(Instant.EPOCH, true, false, "42")));
        source.ended(new byte[0]);
    }

    @Test
    @DisplayName("the first that can't be asked is told of beside another that gives its lines")
    void theFirst() {
        read(false, reading -> {
            reading.add("a").failed(DOWN);
            LogReading.Source other = reading.add("b");
            reading.complete();
            gives(other);
        });
        assertThat(told.lines).containsExactly("a (node b is down)", "b 42");
        assertThat(told.failure).isNull();
    }

    @Test
    @DisplayName("of what is over, who can't be asked is told of, and who has nothing is not")
    void ofWhatIsOver() {
        read(false, reading -> {
            reading.readsWhatIsOver(GONE);
            reading.add("a").failed(DOWN);
            reading.add("b").failed(HAS_NOT);
            LogReading.Source other = reading.add("c");
            reading.complete();
            gives(other);
        });
        assertThat(told.lines).containsExactly("a (node b is down)", "c 42");
    }

    @Test
    @DisplayName("that nothing is kept is said only if all who may have it said so")
    void nothingIsKept() {
        read(false, reading -> {
            reading.readsWhatIsOver(GONE);
            LogReading.Source first = reading.add("a");
            LogReading.Source second = reading.add("b");
            reading.complete();
            first.failed(HAS_NOT);
            second.failed(DOWN);
        });
        assertThat(told.failure).isSameAs(DOWN);
        assertThat(told.lines).isEmpty();

        read(false, reading -> {
            reading.readsWhatIsOver(GONE);
            reading.add("a").failed(HAS_NOT);
            reading.complete();
        });
        assertThat(told.failure).isSameAs(GONE);
    }

    @Test
    @DisplayName("who comes later than what is over is told of whatever it is that he fails with")
    void ofNewcomers() {
        read(true, reading -> {
            reading.readsWhatIsOver(GONE);
            gives(reading.add("a"));
            reading.expectMore();
            reading.complete();
            reading.add("b").failed(HAS_NOT);
        });
        assertThat(told.lines).containsExactly("a 42", "b (there is no such thing here)");
    }

    @Test
    @DisplayName("where one instance is looked for, nothing is told of the nodes that have it not or can't be asked")
    void ofOneThatIsLookedFor() {
        read(false, reading -> {
            reading.searches(GONE);
            LogReading.Source first = reading.add("a");
            LogReading.Source second = reading.add("a");
            LogReading.Source third = reading.add("a");
            reading.complete();
            first.failed(DOWN);
            second.failed(HAS_NOT);
            gives(third);
        });
        assertThat(told.lines).containsExactly("a 42");
        assertThat(told.failure).isNull();
    }

    private interface Asking {
        void of(LogReading reading);
    }

    private static final class Told implements LineListener {
        final List<String> lines = new ArrayList<>();
        private @Nullable KnitException failure;

        @Override
        public void begun() {}

        @Override
        public Future<Void> lines(List<InstanceLine> some) {
            for (InstanceLine each : some) {
                LogLine line = each.line();
                lines.add(each.instance() + " " + (line == null ? "(" + each.note() + ")" : line.text()));
            }
            return Future.succeededFuture();
        }

        @Override
        public void ended() {}

        @Override
        public void failed(KnitException why) {
            failure = why;
        }
    }
}
