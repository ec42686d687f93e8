package io.knit.api.model;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What people wish of a node. Nothing that a node says of itself changes it.
 *
 * @param availability whether it is to take work
 * @param labels for selectors; stronger than the same ones that its agent was started with
 * @param by who wished the availability, in words; empty: nobody did, or it is not known
 * @param deadline when what still runs on a drained node is stopped, whatever it waits for, as people read it; null: never
 * @param due the same in the time for which a server was there, by which it is waited for; null: there is no deadline
 * @param startFirst of a drained node, whether what it has is stopped only once its successor is healthy; null: that is as each deployment's update says
 */
public record NodeWish(
        Availability availability,
        Map<String, String> labels,
        String by,
        @Nullable Instant deadline,
        @Nullable Instant due,
        @Nullable Boolean startFirst) {
    /** Of a node that nobody wished anything of. */
    public static final NodeWish NONE = new NodeWish(Availability.ACTIVE, Map.of());

    /** Whether a node is to take work. */
    public enum Availability {
        ACTIVE,
        /** Keeps what it has, takes nothing new. */
        PAUSED,
        /** Takes nothing new; what it has goes elsewhere. */
        DRAINED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One of which nobody knows who wished it. */
    public NodeWish(Availability availability, Map<String, String> labels) {
        this(availability, labels, "");
    }

    /** One without a deadline. */
    public NodeWish(Availability availability, Map<String, String> labels, String by) {
        this(availability, labels, by, null, null, null);
    }

    public NodeWish {
        Objects.requireNonNull(availability, "availability");
        labels = Copies.ordered(labels);
        Objects.requireNonNull(by, "by");
    }

    /** The same labels with another availability. */
    public NodeWish with(Availability next, String who) {
        return new NodeWish(next, labels, who, null, null, null);
    }

    /** The same labels with another availability, and until when. */
    public NodeWish with(Availability next, String who, @Nullable Instant until, @Nullable Instant due) {
        return new NodeWish(next, labels, who, until, due, null);
    }

    /** What is there is stopped after its successor is healthy, or before that starts; null: as each deployment's update says. */
    public NodeWish startingFirst(@Nullable Boolean first) {
        return new NodeWish(availability, labels, by, deadline, due, first);
    }

    /** The same availability with other labels. */
    public NodeWish with(Map<String, String> next) {
        return new NodeWish(availability, next, by, deadline, due, startFirst);
    }
}
