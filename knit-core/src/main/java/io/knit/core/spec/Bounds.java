package io.knit.core.spec;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which amounts a field may have, in the unit of the record. Zero is none, and no amount.
 *
 * @param text an amount as a user writes it
 * @param orElse what leaving it out does, as a refusal says it after the bounds
 */
public record Bounds(long least, long most, LongFunction<String> text, String orElse) {
    /**
     * What is wrong with an amount, and what to give instead.
     *
     * @param field as the user knows it
     * @return null: nothing
     */
    public @Nullable String fault(String field, long amount) {
        return amount >= least && amount <= most
                ? null
                : field + " is " + text.apply(amount) + "; give " + text.apply(least) + " to " + text.apply(most)
                        + orElse;
    }

    @Override
    public String toString() {
        return text.apply(least) + "–" + text.apply(most);
    }
}
