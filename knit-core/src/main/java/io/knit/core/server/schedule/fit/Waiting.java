package io.knit.core.server.schedule.fit;

import io.knit.api.model.PortBinding;
import io.knit.core.server.schedule.wish.Wish;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Instances of one wish that no node fits. Kept by who decides, once for all of them, and asked with the few changes of each commit: placing
 * is tried again only where it may succeed, or where the refusal would tell of a node what is no longer true.
 *
 * @param clears nodes on which others stop to make room for it
 * @param tryAgain when the wish changes by itself; null: it does not
 */
public record Waiting(
        Wish wish,
        Refusal refusal,
        Set<String> clears,
        @Nullable Instant tryAgain) {
    public Waiting {
        clears = Set.copyOf(clears);
    }

    /** Without a node that is cleared for it. */
    public Waiting(Wish wish, Refusal refusal, @Nullable Instant tryAgain) {
        this(wish, refusal, Set.of(), tryAgain);
    }

    /** Whether a change may have made room, or made untrue what the refusal says. */
    public boolean wakes(Opening opening) {
        if (opening.isNone()) {
            return false;
        }
        if (opening.node() != null) {
            return refusal.nodes() == 0
                    || opening.may() != null && wish.admits(opening.may())
                    || opening.address() && refusal.has(Misfit.MESH_ADDRESS)
                    || refusal.names(opening.node())
                    || clears.contains(opening.node());
        }
        if (wish.deployment().equals(opening.left()) && refusal.has(Misfit.MAX_PER_NODE)
                || opening.roomOn() != null
                        && refusal.has(Misfit.NO_ROOM)
                        && (opening.free().covers(wish.reserved()) || refusal.names(opening.roomOn()))) {
            return true;
        }
        for (PortBinding port : opening.freed()) {
            if (wish.wantsFixed(port) && refusal.has(Misfit.HOST_PORT)
                    || PortAssigner.isAssignable(port) && refusal.has(Misfit.NO_FREE_PORT)) {
                return true;
            }
        }
        return false;
    }

    /** Whether nodes that rejected it may be asked again. */
    public boolean wakes(Instant now) {
        return tryAgain != null && !now.isBefore(tryAgain);
    }
}
