package io.knit.gotemplate.tree;

import java.util.List;
import java.util.Map;

/**
 * What a text defines.
 *
 * @param byName its own parts by the empty name, and those of each {@code define} and {@code block}
 */
public record Definitions(Map<String, List<TreePart>> byName) {
    public Definitions {
        byName = Map.copyOf(byName);
    }

    /** All functions that are called in any of them, in no order. */
    public List<FunctionCall> calls() {
        return Calls.of(this);
    }

    /** Where rendering begins. */
    public List<TreePart> main() {
        return byName.getOrDefault("", List.of());
    }
}
