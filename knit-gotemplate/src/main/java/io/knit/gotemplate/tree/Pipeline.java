package io.knit.gotemplate.tree;

import io.knit.gotemplate.bound.Place;
import java.util.List;

/**
 * Commands, each of which gets what the one before it gave.
 *
 * @param variables that get what comes out, with their {@code $}
 * @param assigns whether these are there already
 */
public record Pipeline(Place place, List<String> variables, boolean assigns, List<Command> commands) {
    /** A function with its arguments, or one operand. */
    public record Command(List<Operand> words) {}
}
