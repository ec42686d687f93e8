package io.knit.api.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The server's decisions that led an instance to where it is, and what it remembers of them for the next.
 *
 * @param lost whether its node was judged down and has not spoken of it since
 * @param reason why it waits, stops or is lost, in words for a user; empty if there is nothing to say
 * @param since when the server last placed it, ordered it to stop, lost it or took it back; its making at first
 * @param attempt how many instances of this slot and revision failed or were rejected in a row before this one, since one was healthy for ten minutes
 * @param avoid the nodes of those, the latest last; at most 16, older ones are left out
 * @param notBefore not placed before this time, of those for which a server was there
 * @param tried what the nodes said that could not take or prepare it, or those before it; null: nothing
 * @param until the instance beside which it runs on until that is healthy; null: none
 * @param leaves why it is to go elsewhere, though its node is there and may keep it, in words; null: it stays
 * @param placed when it was placed or taken back, in the time for which a server was there; null: it was not, or by a server of before, and {@code since} says it
 * @param pushedOutBy the deployment, of higher priority, for which it was told to stop; null: none
 * @param follows of one that stops, whether the server wants it elsewhere, so that the next in its slot waits for nobody but a node; of one that waits,
 *     whether it is that
 * @param chosen why its node, or the one that makes it ready, was chosen, by the fleet as it was then, in words; null: none was, or by a server of before
 */
public record Decided(
        boolean lost,
        String reason,
        Instant since,
        int attempt,
        List<String> avoid,
        Instant notBefore,
        @Nullable String tried,
        @Nullable String until,
        @Nullable String leaves,
        @Nullable Instant placed,
        @Nullable String pushedOutBy,
        boolean follows,
        @Nullable String chosen) {

    /** So many nodes are remembered, the latest: a fleet has thousands, and each instance would name them all in the store and in each answer. */
    private static final int REMEMBERED = 16;

    /** Nothing but that it was made, at that time. */
    public static Decided nothing(Instant made) {
        return new Decided(false, "", made, 0, List.of(), made, null, null, null, null, null, false, null);
    }

    public Decided {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(since, "since");
        avoid = List.copyOf(avoid.subList(Math.max(0, avoid.size() - REMEMBERED), avoid.size()));
        Objects.requireNonNull(notBefore, "notBefore");
    }

    Decided because(String next) {
        return new Decided(
                lost,
                next,
                since,
                attempt,
                avoid,
                notBefore,
                tried,
                until,
                leaves,
                placed,
                pushedOutBy,
                follows,
                chosen);
    }

    /** From when it is waited for: {@link #placed}, where that is known. */
    public Instant begun() {
        return placed == null ? since : placed;
    }

    Decided placed(Instant now, Instant served) {
        return new Decided(
                false, "", now, attempt, avoid, notBefore, tried, until, leaves, served, pushedOutBy, follows, chosen);
    }

    Decided at(boolean isLost, String why, Instant now) {
        return new Decided(
                isLost, why, now, attempt, avoid, notBefore, tried, until, leaves, placed, pushedOutBy, false, chosen);
    }

    Decided waiting(int nextAttempt, List<String> nodes, Instant retryAt) {
        return new Decided(
                lost,
                reason,
                since,
                nextAttempt,
                nodes,
                retryAt,
                tried,
                until,
                leaves,
                placed,
                pushedOutBy,
                follows,
                chosen);
    }

    Decided afterTrying(String said) {
        return new Decided(
                lost,
                reason,
                since,
                attempt,
                avoid,
                notBefore,
                said,
                until,
                leaves,
                placed,
                pushedOutBy,
                follows,
                chosen);
    }

    Decided staying(@Nullable String successor) {
        return new Decided(
                lost,
                reason,
                since,
                attempt,
                avoid,
                notBefore,
                tried,
                successor,
                leaves,
                placed,
                pushedOutBy,
                follows,
                chosen);
    }

    Decided leaving(String why) {
        return new Decided(
                lost,
                reason,
                since,
                attempt,
                avoid,
                notBefore,
                tried,
                until,
                why,
                placed,
                pushedOutBy,
                follows,
                chosen);
    }

    Decided pushedOutBy(String other) {
        return new Decided(
                lost, reason, since, attempt, avoid, notBefore, tried, until, leaves, placed, other, follows, chosen);
    }

    Decided following() {
        return new Decided(
                lost,
                reason,
                since,
                attempt,
                avoid,
                notBefore,
                tried,
                until,
                leaves,
                placed,
                pushedOutBy,
                true,
                chosen);
    }

    Decided chosen(@Nullable String why) {
        return new Decided(
                lost,
                reason,
                since,
                attempt,
                avoid,
                notBefore,
                tried,
                until,
                leaves,
                placed,
                pushedOutBy,
                follows,
                why);
    }
}
