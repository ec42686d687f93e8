package io.knit.core.server.history;

import io.knit.api.history.HistoryEntry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the history has of a deployment around a time.
 *
 * @param entry the newest entry that is not later, or null: there is none
 * @param then how the deployment was after that, or null: the entry does not say
 * @param next the entry that follows it, or the oldest of all where there is none before; null: there is none
 * @param nextThen how the deployment was after that one, or null
 */
public record PastEntry(
        @Nullable HistoryEntry entry,
        @Nullable KeptThen then,
        @Nullable HistoryEntry next,
        @Nullable KeptThen nextThen) {
    /** When that time ended; null: it goes on. */
    public @Nullable Instant until() {
        return next == null ? null : next.at();
    }
}
