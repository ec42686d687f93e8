package io.knit.gotemplate.tree;

import io.knit.gotemplate.bound.Place;
import java.util.List;

/**
 * A function that a text calls.
 *
 * @param arguments with what is piped into it as the last one
 */
public record FunctionCall(Place place, String name, List<Operand> arguments) {
    public FunctionCall {
        arguments = List.copyOf(arguments);
    }

    /** Whether it has one argument, a text that stands there. */
    public boolean isByText() {
        return arguments.size() == 1
                && arguments.get(0) instanceof Operand.Literal one
                && one.value() instanceof String;
    }

    /** Its only argument, if that is a text; else empty. */
    public String text() {
        return isByText() && arguments.get(0) instanceof Operand.Literal one ? String.valueOf(one.value()) : "";
    }
}
