package io.knit.core.server.alive;

import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Unsteady;
import io.knit.api.spi.Durations;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A node that goes down and comes back again and again is not chased: from the second time on it takes no new work until it stayed up for a while,
 * which doubles each time (pure).
 */
public final class Flapping {
    /** Who goes down later than this after its return begins anew. */
    static final Duration WITHIN = Duration.ofMinutes(15);

    private static final Duration FIRST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private Flapping() {}

    /** What is remembered of a node whose agent is heard now; null: nothing. */
    public static @Nullable Unsteady heard(@Nullable Node known, Instant served) {
        Unsteady before = known == null ? null : known.judgement().unsteady();
        if (known == null || known.state() != NodeState.DOWN) {
            return before;
        }
        boolean lately =
                before != null && Duration.between(before.returned(), served).compareTo(WITHIN) < 0;
        int downs = before != null && lately ? before.downs() + 1 : 1;
        // who was down once was restarted
        return new Unsteady(downs, served, downs == 1 ? null : served.plus(hold(downs)));
    }

    /** Why such a node takes no new work; empty: it does. */
    public static String words(@Nullable Unsteady unsteady) {
        return unsteady == null || unsteady.heldUntil() == null
                ? ""
                : "it went down " + unsteady.downs() + " times, each within " + Durations.text(WITHIN)
                        + " after it was back, and takes no new work until it stayed up for "
                        + Durations.text(hold(unsteady.downs()));
    }

    private static Duration hold(int downs) {
        Duration hold = FIRST.multipliedBy(1L << Math.min(downs - 2, 4));
        return hold.compareTo(LONGEST) > 0 ? LONGEST : hold;
    }
}
