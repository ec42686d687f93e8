package io.knit.api.spi.store;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;

/**
 * A store that keeps a history beside the state: rows for people, which are never loaded as a whole. A store need not be one; then no
 * history is kept.
 *
 * <p>Obligations, beside those of {@link Store}: 1. the rows of a commit are there if, and only if, its writes are; 2. a row whose number is there
 * already takes its place, so that a commit can be repeated; 3. {@link #history} gives the rows of succeeded commits, those with the highest
 * numbers first; 4. {@link #forgetHistory} removes the rows that are too old, and the lowest numbers of too many, and nothing
 * else; 5. rows are no documents: {@link #load} and {@link #each} do not give them.
 */
public interface HistoryStore extends Store {
    /** As {@link Store#commit(List)}, with rows in the same transaction. Nothing to write and no rows succeeds at once. */
    Future<Void> commit(List<StoreWrite> writes, List<HistoryRow> rows);

    @Override
    default Future<Void> commit(List<StoreWrite> writes) {
        return commit(writes, List.of());
    }

    /**
     * Reads backwards.
     *
     * @param deployment those about this deployment; empty: all
     * @param before those with a lower number
     * @param limit at most so many, above zero
     */
    Future<List<HistoryRow>> history(String deployment, long before, int limit);

    /**
     * Forgets.
     *
     * @param before rows of an earlier time
     * @param most how many rows may be left
     */
    Future<Void> forgetHistory(Instant before, int most);
}
