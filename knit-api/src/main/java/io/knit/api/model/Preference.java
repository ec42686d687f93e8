package io.knit.api.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node had better be like. Of the nodes that may have an instance those come first for which the weights of all preferences that
 * they meet sum up to most.
 *
 * @param key as in {@link Constraint}
 * @param value as in {@link Constraint}
 * @param values as in {@link Constraint}
 * @param weight 1–100
 */
public record Preference(
        String key, Constraint.Op op, @Nullable String value, List<String> values, int weight) {
    /** Unless another one is given. */
    public static final int DEFAULT_WEIGHT = 1;

    public Preference {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(op, "op");
        values = List.copyOf(values);
    }

    /** One that counts so much. */
    public static Preference of(Constraint wished, int weight) {
        return new Preference(wished.key(), wished.op(), wished.value(), wished.values(), weight);
    }

    /** What is preferred. */
    public Constraint wished() {
        return new Constraint(key, op, value, values);
    }
}
