package io.knit.api.model;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the server thinks of a node.
 *
 * @param reason why, in words for a user; empty if there is nothing to say
 * @param since when {@code state} last changed
 * @param witnesses on whose word it rests; empty: nobody's
 * @param unsteady that it went down lately and came back; null: it did not
 * @param silentSince since when a node that is down is not heard, by the time for which a server was there; null: it is not down, or nobody knows
 */
public record NodeJudgement(
        NodeState state,
        String reason,
        Instant since,
        List<Witness> witnesses,
        @Nullable Unsteady unsteady,
        @Nullable Instant silentSince) {
    /** Who tells of a node, by speaking or by falling silent. */
    public enum Witness {
        /** The heartbeats of its agent. */
        HEARTBEAT,
        /** The transport, which sees connections begin and end. */
        CONNECTION,
        /** The mesh daemon, which hears of hosts. */
        MESH;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Of one that did not go down lately. */
    public NodeJudgement(NodeState state, String reason, Instant since, List<Witness> witnesses) {
        this(state, reason, since, witnesses, null, null);
    }

    /** Of one that is not down. */
    public NodeJudgement(
            NodeState state, String reason, Instant since, List<Witness> witnesses, @Nullable Unsteady unsteady) {
        this(state, reason, since, witnesses, unsteady, null);
    }

    /** Of one that is down, and not heard since then. */
    public NodeJudgement silentSince(Instant served) {
        return new NodeJudgement(state, reason, since, witnesses, unsteady, served);
    }

    /** Whether it takes no new work, as it went down too often lately. */
    public boolean isHeld() {
        return unsteady != null && unsteady.heldUntil() != null;
    }

    public NodeJudgement {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(since, "since");
        witnesses = List.copyOf(witnesses);
    }
}
