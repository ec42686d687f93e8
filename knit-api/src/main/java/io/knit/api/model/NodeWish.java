package io.knit.api.model;

import java.util.Map;
import java.util.Objects;

/**
 * What people wish of a node. Nothing that a node says of itself changes it.
 *
 * @param availability whether it is to take work
 * @param labels for selectors; stronger than the same ones that its agent was started with
 */
public record NodeWish(Availability availability, Map<String, String> labels) {
    /** Of a node that nobody wished anything of. */
    public static final NodeWish NONE = new NodeWish(Availability.ACTIVE, Map.of());

    /** Whether a node is to take work. */
    public enum Availability {
        ACTIVE,
        /** Keeps what it has, takes nothing new. */
        PAUSED,
        /** Takes nothing new; what it has goes elsewhere. */
        DRAINED
    }

    public NodeWish {
        Objects.requireNonNull(availability, "availability");
        labels = Copies.ordered(labels);
    }
}
