package io.knit.core.server.inside;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Interleaves by time what several sources give, each in its order. One that has nothing now is waited for, since what it gives next may be
 * older; for as long as it takes where everything was written already, and for {@link #PATIENCE} where more is being written.
 */
final class LogMerge<T> {
    /** Longer than a line takes from a node, and shorter than people wait. */
    static final Duration PATIENCE = Duration.ofMillis(300);

    private final boolean patient;
    /** Those that may give more, or gave what was not taken yet; by number. */
    private final Map<Integer, Source<T>> sources = new TreeMap<>();

    private int opened;

    private record Timed<T>(Instant at, T what) {}

    private static final class Source<T> {
        private final Deque<Timed<T>> given = new ArrayDeque<>();
        private Duration emptySince;
        private boolean over;

        Source(Duration now) {
            this.emptySince = now;
        }
    }

    /** @param patient whether a source that has nothing is waited for until it is over */
    LogMerge(boolean patient) {
        this.patient = patient;
    }

    /** How many may give more. */
    int open() {
        return (int) sources.values().stream().filter(source -> !source.over).count();
    }

    /** @return the new source's number, from 0 */
    int open(Duration now) {
        sources.put(opened, new Source<>(now));
        return opened++;
    }

    void give(int source, Instant at, T what) {
        Source<T> known = sources.get(source);
        if (known != null) {
            known.given.add(new Timed<>(at, what));
        }
    }

    /** It gives no more. */
    void over(int source) {
        Source<T> known = sources.get(source);
        if (known != null) {
            known.over = true;
            sources.values().removeIf(each -> each.over && each.given.isEmpty());
        }
    }

    /** The next one, if it is its turn. */
    Optional<T> next(Duration now) {
        Source<T> earliest = null;
        for (Source<T> source : sources.values()) {
            if (source.given.isEmpty()) {
                if (isAwaited(source, now)) {
                    return Optional.empty();
                }
            } else if (earliest == null || at(source).isBefore(at(earliest))) {
                earliest = source;
            }
        }
        if (earliest == null) {
            return Optional.empty();
        }
        Timed<T> next = earliest.given.remove();
        earliest.emptySince = now;
        if (earliest.over && earliest.given.isEmpty()) {
            sources.values().remove(earliest);
        }
        return Optional.of(next.what());
    }

    private static <T> Instant at(Source<T> source) {
        return source.given.element().at();
    }

    private boolean isAwaited(Source<T> source, Duration now) {
        return !source.over
                && sources.size() > 1
                && (patient || now.minus(source.emptySince).compareTo(PATIENCE) < 0);
    }

    /** When to ask again though nothing comes; null: only then, or there is nothing. */
    @Nullable
    Duration again(Duration now) {
        boolean something = sources.values().stream().anyMatch(source -> !source.given.isEmpty());
        if (!something || patient) {
            return null;
        }
        Duration latest = null;
        for (Source<T> source : sources.values()) {
            if (source.given.isEmpty() && !source.over) {
                Duration until = source.emptySince.plus(PATIENCE);
                latest = latest == null || until.compareTo(latest) > 0 ? until : latest;
            }
        }
        return latest == null || latest.compareTo(now) <= 0 ? Duration.ofMillis(1) : latest.minus(now);
    }

    /** Whether everything was given. */
    boolean isOver() {
        return sources.isEmpty();
    }
}
