package io.knit.core.server.history;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.HistoryStore;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was done, where the store keeps it: written with each commit, never loaded, forgotten by age and number. Loop-bound, but for
 * {@link #read}.
 *
 * <p>What is forgotten by age is so both by the clock and by the time for which servers were there, which no clock that is set can bring forward: one that
 * is wrong by months when a server starts would take all of it with the first command. So what was written before a server was away is kept longer
 * by as much; the number bounds that.
 */
public final class History {
    static final Duration KEPT = Duration.ofDays(90);
    static final int MOST = 100_000;

    /** So many rows are written between two times that some are forgotten. */
    static final int BETWEEN = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(History.class);

    private final Loop loop;
    private final Store store;
    private final Supplier<Instant> served;
    private final @Nullable HistoryStore kept;
    private final HistoryLine readers = new HistoryLine();
    private int untilForgetting;

    /** @param served for how long servers were there, up to now; begun with the clock at a time that was right */
    public History(Loop loop, Store store, Supplier<Instant> served) {
        this.loop = loop;
        this.served = served;
        this.store = store;
        this.kept = store instanceof HistoryStore able ? able : null;
    }

    /** Commits with the rows, or without where the store keeps none. The future completes on the loop. */
    public Future<Void> commit(List<StoreWrite> writes, List<HistoryRow> rows) {
        HistoryStore able = kept;
        if (able == null) {
            return loop.bring(store.commit(writes));
        }
        return loop.bring(able.commit(writes, rows)).onSuccess(done -> forget(able, rows.size()));
    }

    private void forget(HistoryStore able, int written) {
        untilForgetting -= written;
        if (written > 0 && untilForgetting < 0) {
            untilForgetting = BETWEEN;
            Instant now = loop.now();
            Instant reached = served.get();
            able.forgetHistory((reached.isBefore(now) ? reached : now).minus(KEPT), MOST)
                    .onFailure(e -> LOG.warn("Old entries of the history could not be removed: {}", e.getMessage()));
        }
    }

    /** A page of it. Any thread; completes on the store's. */
    public Future<List<HistoryEntry>> read(HistoryQuery query) {
        HistoryStore able = kept;
        if (able == null) {
            return Future.failedFuture(notKept());
        }
        String deployment = query.deployment() == null ? "" : query.deployment();
        long before = query.after() == 0 ? Long.MAX_VALUE : query.after();
        return readers.read(() -> able.history(deployment, before, query.limit()))
                .map(rows -> rows.stream().map(History::entry).toList());
    }

    /** What is known of how a deployment was at a time. Any thread; completes on the store's. */
    public Future<PastEntry> past(String deployment, Instant at) {
        HistoryStore able = kept;
        return able == null
                ? Future.failedFuture(notKept())
                : readers.read(() -> past(able, deployment, at, Long.MAX_VALUE, null));
    }

    /** Page by page, newest first; nothing of a row is read but its time until it is the one. */
    private static Future<PastEntry> past(
            HistoryStore able, String deployment, Instant at, long before, @Nullable HistoryRow later) {
        return able.history(deployment, before, HistoryQuery.MOST).compose(rows -> {
            HistoryRow next = later;
            for (HistoryRow row : rows) {
                if (!row.at().isAfter(at)) {
                    return Future.succeededFuture(past(row, next));
                }
                next = row;
            }
            return rows.size() < HistoryQuery.MOST || next == null
                    ? Future.succeededFuture(past(null, next))
                    : past(able, deployment, at, next.number(), next);
        });
    }

    private static PastEntry past(@Nullable HistoryRow row, @Nullable HistoryRow next) {
        return new PastEntry(
                row == null ? null : entry(row),
                row == null ? null : body(row).then(),
                next == null ? null : entry(next),
                next == null ? null : body(next).then());
    }

    private static KnitException notKept() {
        return new KnitException(
                ErrorCode.NOT_FOUND,
                "no history is kept: this server's store can't; use SQLite, PostgreSQL or another store that keeps one");
    }

    private static HistoryEntry entry(HistoryRow row) {
        return entry(row, body(row));
    }

    private static KeptEntry body(HistoryRow row) {
        try {
            return WireCodec.decodeText(row.body(), KeptEntry.class);
        } catch (KnitException e) {
            // costs itself, and says so in its place
            String words = "this entry " + e.getMessage() + "; another release of Knit may read it";
            return new KeptEntry(0, null, "", Map.of(), List.of(words), null);
        }
    }

    private static HistoryEntry entry(HistoryRow row, KeptEntry kept) {
        KeptEntry.Who who = kept.caller();
        return new HistoryEntry(
                row.number(),
                kept.commit(),
                row.at(),
                who == null ? null : who.caller(),
                kept.command(),
                kept.details(),
                row.deployment().isEmpty() ? null : row.deployment(),
                kept.remarks());
    }
}
