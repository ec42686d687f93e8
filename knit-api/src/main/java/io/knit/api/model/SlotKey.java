package io.knit.api.model;

import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which of the places a deployment fills: a number, or a name such as a node's id. Numbers come first, in their order.
 *
 * @param number 0 where it has a name
 * @param name null: it is a number
 */
public record SlotKey(int number, @Nullable String name) implements Comparable<SlotKey> {
    private static final Comparator<SlotKey> ORDER = Comparator.comparing(
                    SlotKey::name, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
            .thenComparing(SlotKey::number);

    public static SlotKey of(int number) {
        return new SlotKey(number, null);
    }

    public static SlotKey of(String name) {
        return new SlotKey(0, Objects.requireNonNull(name, "name"));
    }

    @Override
    public int compareTo(SlotKey other) {
        // most have numbers alone, and are compared often
        return name == null && other.name == null ? Integer.compare(number, other.number) : ORDER.compare(this, other);
    }

    /** As people read it. */
    @Override
    public String toString() {
        return name == null ? Integer.toString(number) : name;
    }
}
