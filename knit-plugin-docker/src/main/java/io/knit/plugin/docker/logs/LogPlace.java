package io.knit.plugin.docker.logs;

import io.knit.api.spi.runtime.LogLine;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a container's output was given, so that another reading of it goes on from there, line by line: the engine numbers no lines, but the times of
 * one output rise, and what it keeps it keeps without gaps, so that a reading that does not come by the line given last begins after lines that
 * are gone. Where the host's clock was set back, lines may come twice. Not thread-safe.
 */
final class LogPlace {
    /** Lines of the two outputs are kept in an order that is not quite that of their times. */
    private static final Duration DISORDER = Duration.ofSeconds(1);

    private final Mark out = new Mark();
    private final Mark err = new Mark();
    private @Nullable Mark newest;
    /** The time of the first that was given: of an output that had nothing then, what is older was not asked for. */
    private @Nullable Instant first;

    private boolean met = true;

    /** What a line is. */
    enum Verdict {
        /** It was given before. */
        HAD,
        /** The next one. */
        NEXT,
        /** The next one that is there; some before it are not. */
        AFTER_A_GAP
    }

    /** Of one output. Parts of a long line have one time. */
    private static final class Mark {
        private Instant at = Instant.MIN;
        private int given;
        private int seen;
        private boolean passed = true;
    }

    /** When the line given last was written; null: none was. */
    @Nullable
    Instant last() {
        return newest == null ? null : newest.at;
    }

    /** From when on another reading must read; null: from the begin. */
    @Nullable
    Instant again() {
        for (Mark mark : new Mark[] {out, err}) {
            mark.seen = 0;
            mark.passed = mark.given == 0;
        }
        met = newest == null;
        return newest == null ? null : newest.at.minus(DISORDER);
    }

    /** A line that was read. Unless it was had it counts as given. */
    Verdict take(LogLine line) {
        Mark mark = line.error() ? err : out;
        if (!mark.passed && wasGiven(line, mark)) {
            return Verdict.HAD;
        }
        if (first == null) {
            first = line.at();
        } else if (!met && mark.given == 0 && line.at().isBefore(first)) {
            return Verdict.HAD;
        }
        boolean gap = !met;
        met = true;
        mark.passed = true;
        mark.given = line.at().equals(mark.at) ? mark.given + 1 : 1;
        mark.at = line.at();
        newest = mark;
        return gap ? Verdict.AFTER_A_GAP : Verdict.NEXT;
    }

    private boolean wasGiven(LogLine line, Mark mark) {
        int order = line.at().compareTo(mark.at);
        if (order == 0) {
            met |= mark == newest;
            mark.seen++;
        }
        return order < 0 || order == 0 && mark.seen <= mark.given;
    }
}
