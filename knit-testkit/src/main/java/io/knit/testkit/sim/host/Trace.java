package io.knit.testkit.sim.host;

import io.knit.testkit.loop.EventQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** The last things that happened, for whoever must understand a failing seed; {@code -Dknit.sim.trace=N} keeps so many. */
public final class Trace {
    private static final int KEPT = Integer.getInteger("knit.sim.trace", 120);

    private final EventQueue queue;
    private final Instant start;
    private final Deque<Line> lines = new ArrayDeque<>();
    private long hash = 7;

    public Trace(EventQueue queue) {
        this.queue = queue;
        this.start = queue.now();
    }

    public void add(String who, String what) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.addLast(new Line(Duration.between(start, queue.now()), who, what));
        hash = 31 * (31 * hash + queue.now().hashCode()) + what.hashCode();
    }

    /** Equal for equal histories. */
    public long hash() {
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            text.append(line).append('\n');
        }
        return text.toString();
    }

    private record Line(Duration at, String who, String what) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%10.3f s  %-8s %s", at.toNanos() / 1e9, who, what);
        }
    }
}
