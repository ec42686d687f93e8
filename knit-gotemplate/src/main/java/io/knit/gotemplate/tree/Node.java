package io.knit.gotemplate.tree;

import io.knit.gotemplate.bound.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a template. */
public sealed interface Node {
    Place place();

    record Text(Place place, String text) implements Node {}

    /** What comes out is written, unless a variable has it. */
    record Action(Place place, Pipe pipe) implements Node {}

    /** @param otherwise null: there is no {@code else} */
    record Branch(
            Place place,
            Kind kind,
            Pipe pipe,
            List<Node> then,
            @Nullable List<Node> otherwise) implements Node {}

    /** What a branch is taken for. */
    enum Kind {
        IF("if"),
        RANGE("range"),
        WITH("with");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    record Break(Place place) implements Node {}

    record Continue(Place place) implements Node {}

    /** @param pipe what is its dot; null: nothing */
    record Call(Place place, String name, @Nullable Pipe pipe) implements Node {}
}
