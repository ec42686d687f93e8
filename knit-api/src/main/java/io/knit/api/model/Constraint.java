package io.knit.api.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node must be like: one of its labels or facts, compared. A fact is {@code node.id}, {@code node.hostname}, {@code node.os},
 * {@code node.arch}, {@code node.engine} (a version) or {@code mesh.ip}; every other key is a label's. A node that does not have the key
 * meets {@code !=}, {@code not_in} and {@code not_exists} only.
 *
 * @param key a label's key, or a fact
 * @param value what {@code =}, {@code !=}, {@code >} and {@code <} compare with; null for the others
 * @param values what {@code in} and {@code not_in} compare with; empty for the others
 */
public record Constraint(String key, Op op, @Nullable String value, List<String> values) {
    public Constraint {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(op, "op");
        values = List.copyOf(values);
    }

    /** How a node's value is compared. */
    public enum Op implements Worded {
        EQUAL("="),
        NOT_EQUAL("!="),
        IN("in"),
        NOT_IN("not_in"),
        EXISTS("exists"),
        NOT_EXISTS("not_exists"),
        /** As numbers, or as versions. */
        GREATER(">"),
        LESS("<");

        private final String word;

        Op(String word) {
            this.word = word;
        }

        @Override
        public String word() {
            return word;
        }

        /** Whether it compares with one value. */
        public boolean takesValue() {
            return this == EQUAL || this == NOT_EQUAL || this == GREATER || this == LESS;
        }

        /** Whether it compares with a list. */
        public boolean takesValues() {
            return this == IN || this == NOT_IN;
        }
    }

    /** The node must have this value there. */
    public static Constraint equal(String key, String value) {
        return new Constraint(key, Op.EQUAL, Objects.requireNonNull(value, "value"), List.of());
    }

    /** As a user writes it: {@code region in eu, us}. */
    public String words() {
        if (op.takesValue()) {
            return key + " " + op.word() + " " + value;
        }
        return key + " " + op.word() + (op.takesValues() ? " " + String.join(", ", values) : "");
    }
}
