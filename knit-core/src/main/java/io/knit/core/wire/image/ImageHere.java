package io.knit.core.wire.image;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An image of a node.
 *
 * @param id what its engine calls it
 * @param names by which it can be asked for
 * @param bytes with what it shares with others
 * @param made when it was built
 * @param containers how many are made of it, whosever
 * @param origin one of the words here
 * @param wanted whether the node's orders name it
 * @param unusedSince when it was last known to be used; null: nobody knows, or it is used
 * @param state what became of it, by one of the words here; empty: nothing was asked for
 * @param reason why it is kept; else empty
 */
public record ImageHere(
        String id,
        List<String> names,
        long bytes,
        Instant made,
        int containers,
        String origin,
        boolean wanted,
        @Nullable Instant unusedSince,
        String state,
        String reason) {
    /** The agent fetched it from a registry. */
    public static final String PULLED = "pulled";

    /** It came by {@code POST /images/{name}}. */
    public static final String PUSHED = "pushed";

    /** It was there before, or somebody else brought it: never removed. */
    public static final String OTHER = "other";

    /** It would go. */
    public static final String UNUSED = "unused";

    public static final String REMOVED = "removed";

    /** The names went that Knit has brought, and it has others, whosever. */
    public static final String UNTAGGED = "untagged";

    public static final String KEPT = "kept";

    /** What agents have of Knit itself to reach volumes by; its origin is {@link #OTHER}, for it is never removed. */
    public static final String EMPTY = "knit/volume:1";

    public ImageHere {
        Objects.requireNonNull(id, "id");
        names = List.copyOf(names);
        Objects.requireNonNull(made, "made");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(reason, "reason");
    }

    /** Whether it is what agents reach volumes by. */
    public boolean isKnits() {
        return names.contains(EMPTY);
    }
}
