package io.knit.gotemplate.tree;

import io.knit.gotemplate.bound.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a template. */
public sealed interface TreePart {
    Place place();

    record Text(Place place, String text) implements TreePart {}

    /** What comes out is written, unless a variable has it. */
    record Action(Place place, Pipeline pipe) implements TreePart {}

    /** @param otherwise null: there is no {@code else} */
    record Branch(
            Place place,
            Kind kind,
            Pipeline pipe,
            List<TreePart> then,
            @Nullable List<TreePart> otherwise) implements TreePart {}

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

    record Break(Place place) implements TreePart {}

    record Continue(Place place) implements TreePart {}

    /** @param pipe what is its dot; null: nothing */
    record Call(Place place, String name, @Nullable Pipeline pipe) implements TreePart {}
}
