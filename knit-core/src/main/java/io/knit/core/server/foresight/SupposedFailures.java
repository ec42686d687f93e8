package io.knit.core.server.foresight;

import io.knit.api.AgentTiming;
import io.knit.api.model.RestartSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What agents remember of what failed: when, of what counts, and how often in a row. Of what failed before the scenario began nothing is known; an agent
 * that counts some of it gives up earlier. Not thread-safe.
 */
final class SupposedFailures {
    private static final AgentTiming USUAL = AgentTiming.DEFAULT;
    private static final int MOST_DOUBLINGS = 30;

    private final Map<String, Row> rows = new HashMap<>();

    /** Of one instance. */
    private static final class Row {
        private final Deque<Instant> ends = new ArrayDeque<>();
        private int inARow;
    }

    /**
     * What comes after a failure.
     *
     * @param over whether it is not started again
     * @param delay how long it waits before it is
     * @param forEver whether all that follows is the same again, without end
     */
    record Next(boolean over, Duration delay, boolean forEver) {}

    /** It fails now. */
    Next fails(String instance, RestartSpec rules, Instant now) {
        Row row = rows.computeIfAbsent(instance, first -> new Row());
        boolean dropped = row.ends.removeIf(end -> end.isBefore(now.minus(rules.window())));
        row.ends.add(now);
        // what is supposed to fail never is well meanwhile: nothing of it is forgotten
        row.inARow++;
        Duration wait = wait(rules, row.inARow);
        boolean over = rules.condition() == RestartSpec.Condition.NEVER
                || rules.attempts() > 0 && row.ends.size() > rules.attempts();
        // its waits get no longer, and it no more often within its window
        boolean steady = dropped && wait.equals(wait(rules, row.inARow - 1)) && row.inARow > 1;
        return new Next(over, wait, !over && (rules.attempts() == 0 || steady));
    }

    private static Duration wait(RestartSpec rules, int inARow) {
        long times = 1L << Math.min(Math.max(inARow - 1, 0), MOST_DOUBLINGS);
        boolean longest = rules.delay().compareTo(USUAL.restartMost().dividedBy(times)) >= 0;
        return longest ? USUAL.restartMost() : rules.delay().multipliedBy(times);
    }
}
