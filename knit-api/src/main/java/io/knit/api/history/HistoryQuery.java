package io.knit.api.history;

import org.jspecify.annotations.Nullable;

/**
 * A page of the history, newest first.
 *
 * @param deployment only what is about this deployment, or null: all
 * @param after the page goes on after the entry of this number, with older ones; 0: it begins with the newest
 * @param limit 1–1000 entries
 */
public record HistoryQuery(@Nullable String deployment, long after, int limit) {
    public static final int MOST = 1_000;

    /** The newest 100. */
    public static final HistoryQuery NEWEST = new HistoryQuery(null, 0, 100);

    public HistoryQuery {
        if (after < 0) {
            throw new IllegalArgumentException("after is " + after + "; give the number of an entry, or 0");
        }
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit is " + limit + "; give 1 to " + MOST);
        }
    }

    public HistoryQuery of(String name) {
        return new HistoryQuery(name, after, limit);
    }

    /** The page that follows the entry of this number. */
    public HistoryQuery after(long number) {
        return new HistoryQuery(deployment, number, limit);
    }

    public HistoryQuery limit(int most) {
        return new HistoryQuery(deployment, after, most);
    }
}
