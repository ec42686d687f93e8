package io.knit.api.foresight;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What would happen in a {@link Scenario}, by the same rules by which it then does. Nothing was done. Instances that there would be have ids
 * that are made up. Immutable.
 *
 * @param state revision of the cluster's state that it was worked out on
 * @param settled whether nothing is left to happen by itself at the end; whether all is well then, {@code deployments} says
 * @param whole whether all of it was worked out; else it ends where it became too much
 * @param took until the last thing that happened
 * @param deployments of those that anything happened to: how they fared, by name
 * @param moves who goes where, in the order of time
 * @param timeline all that would be told of it, as {@code /events} tells it
 */
public record Foretold(
        long state,
        boolean settled,
        boolean whole,
        Duration took,
        List<Fate> deployments,
        List<Move> moves,
        List<Moment> timeline) {
    public Foretold {
        Objects.requireNonNull(took, "took");
        deployments = List.copyOf(deployments);
        moves = List.copyOf(moves);
        timeline = List.copyOf(timeline);
    }

    /** How a deployment fared; empty: nothing happened to it. */
    public Optional<Fate> deployment(String name) {
        return deployments.stream().filter(fate -> fate.name().equals(name)).findFirst();
    }

    /**
     * How a deployment fared. What counts is what is true, not what the server knows: a dead host's instances are not healthy from that moment.
     *
     * @param wanted how many it is to have at the end; 0: it is gone
     * @param before how many were healthy at the beginning
     * @param fewest how many were healthy at the worst moment
     * @param fewestAt when that was first
     * @param after how many are healthy at the end
     * @param revision that it has at the end; 0: it is gone
     * @param rollout where its rollout stands at the end, as {@code done}; empty: it is gone
     * @param problems why it is not as wished at the end, in words; empty: it is
     */
    public record Fate(
            String name,
            int wanted,
            int before,
            int fewest,
            Duration fewestAt,
            int after,
            int revision,
            String rollout,
            List<String> problems) {
        public Fate {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(fewestAt, "fewestAt");
            Objects.requireNonNull(rollout, "rollout");
            problems = List.copyOf(problems);
        }
    }

    /**
     * A slot gets an instance, or loses its last one.
     *
     * @param at since the beginning
     * @param slot its key
     * @param instance the new one; null: there is none
     * @param from node of the one before it, or null: there was none
     * @param to node of the new one, or null: there is none
     * @param reason in words; empty if there is nothing to say
     */
    public record Move(
            Duration at,
            String deployment,
            String slot,
            @Nullable String instance,
            @Nullable String from,
            @Nullable String to,
            String reason) {
        public Move {
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(deployment, "deployment");
            Objects.requireNonNull(slot, "slot");
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * Something is told.
     *
     * @param at since the beginning
     * @param type as of an event
     */
    public record Moment(
            Duration at,
            String type,
            @Nullable String deployment,
            @Nullable String instance,
            @Nullable String node,
            String message) {
        public Moment {
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(message, "message");
        }
    }
}
