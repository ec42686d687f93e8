package io.knit.core.server.dispatch;

import io.knit.core.server.state.ClusterState;
import java.time.Instant;

/**
 * The numbers of this start's assignment sets: above all that were given before, because they begin at the time of day. So a server whose
 * state was restored from a backup needs not to know how far it once was, and takes nobody's word for it. An agent of today compares numbers
 * of one {@link #session} only; one of an older release compares them all, and follows while the server's clock goes forward. (Pure.)
 */
public final class SetNumbers {
    /** Servers of the first release follow numbers up to 2^40 above their own, so one may go back to it: milliseconds until the year 2060. */
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private final long session;
    private final long base;

    /** @param started when this server started */
    public SetNumbers(Instant started) {
        session = started.toEpochMilli();
        base = Math.max(0, session - BEGINNING.toEpochMilli());
    }

    /** Names this start of the server. */
    public long session() {
        return session;
    }

    /** Rises by one with each commit: less than the clock does. */
    public long of(ClusterState state) {
        return base + state.revision();
    }
}
