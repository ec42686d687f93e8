package io.knit.core.server.http.settle;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * How it ended.
 *
 * @param <T> of what
 * @param newest as it is now; null: there is none any more
 * @param unsettled why it has not settled; null: it has
 * @param timedOut whether it may settle yet, and only nobody waits any more
 */
public record ChangeOutcome<T>(@Nullable T newest, @Nullable String unsettled, boolean timedOut) {
    ChangeOutcome(@Nullable T newest, @Nullable String unsettled) {
        this(newest, unsettled, false);
    }

    /** Into an answer, where it has not settled. */
    public void tell(ObjectNode answer) {
        if (unsettled != null) {
            answer.put("unsettled", unsettled).put("timed_out", timedOut);
        }
    }
}
