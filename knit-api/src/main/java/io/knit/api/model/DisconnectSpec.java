package io.knit.api.model;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment wishes while server and node do not hear each other.
 *
 * @param replaceAfter how long after its node was heard last its work is replaced, but never before the node is judged down; null: as soon as it is
 * @param stopAfter how long after it heard a server last the node's agent stops it; null: never
 * @param reconcile which of two stays when the node is back and another does the work
 */
public record DisconnectSpec(
        @Nullable Duration replaceAfter, @Nullable Duration stopAfter, Reconcile reconcile) {
    /** What a spec has that says nothing of it. */
    public static final DisconnectSpec DEFAULT = new DisconnectSpec(null, null, Reconcile.NEWEST_HEALTHY);

    public DisconnectSpec {
        Objects.requireNonNull(reconcile, "reconcile");
    }

    /** Which instance of a slot stays when one that was lost is back. */
    public enum Reconcile {
        /** The one that took its place, once that is healthy. */
        NEWEST_HEALTHY,
        /** The one that was lost, if it runs and is healthy. */
        KEEP_ORIGINAL
    }
}
