package io.knit.gotemplate.tree;

import io.knit.gotemplate.bound.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A word of a command. */
public sealed interface Operand {
    Place place();

    record Dot(Place place) implements Operand {}

    record Nil(Place place) implements Operand {}

    /**
     * A boolean, text or number.
     *
     * @param value null: a number that no value can be, which is said when it is looked at
     */
    record Literal(Place place, @Nullable Object value) implements Operand {}

    /** Fields of the dot, {@code .a.b}. */
    record Field(Place place, List<String> names) implements Operand {}

    /** {@code $x.a.b} */
    record Variable(Place place, String name, List<String> names) implements Operand {}

    /** Fields of something else, <code>(…).a.b</code>. */
    record Chain(Place place, Operand of, List<String> names) implements Operand {}

    record Name(Place place, String name) implements Operand {}

    /** In parentheses. */
    record Inner(Place place, Pipeline pipe) implements Operand {}
}
