package io.knit.api.command;

import java.util.List;
import java.util.Objects;

/**
 * What is moved to be better spread.
 *
 * @param moves in the order in which they were found
 * @param whole whether all that could be better was looked at; else another {@link Command.Rebalance} may find more
 */
public record Rebalancing(List<Move> moves, boolean whole) {
    public Rebalancing {
        moves = List.copyOf(moves);
    }

    /** In words for people. */
    public String words() {
        String rest = whole ? "" : "; not all was looked at";
        return moves.isEmpty()
                ? "nothing to move: no instance would be better off elsewhere" + rest
                : moves.size() + (moves.size() == 1 ? " instance moves" : " instances move") + rest;
    }

    /**
     * One instance that goes elsewhere.
     *
     * @param to where it is expected to go; what is chosen is chosen when its turn comes
     * @param reason why that is better, in words
     */
    public record Move(String deployment, String instance, String from, String to, String reason) {
        public Move {
            Objects.requireNonNull(deployment, "deployment");
            Objects.requireNonNull(instance, "instance");
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(to, "to");
            Objects.requireNonNull(reason, "reason");
        }
    }
}
