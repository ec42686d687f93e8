package io.knit.core.server.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command leads to.
 *
 * @param changes in this order; empty: nothing changes
 * @param answer given to the caller once the changes are stored; not given if storing failed
 * @param <T> the answer's type
 */
public record Decision<T extends @Nullable Object>(List<Change> changes, T answer) {
    public Decision {
        changes = List.copyOf(changes);
    }

    public static <T extends @Nullable Object> Decision<T> nothing(T answer) {
        return new Decision<>(List.of(), answer);
    }
}
