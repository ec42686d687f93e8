package io.knit.core.spec;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which numbers a field may have.
 *
 * @param besides numbers that mean something of their own
 * @param orElse what they mean, and what leaving it out does, as a refusal says it after the range; empty if there is nothing to say
 */
public record Range(int least, int most, Set<Integer> besides, String orElse) {
    public Range {
        besides = Set.copyOf(besides);
    }

    /** Whether a number is one of them. */
    public boolean has(int number) {
        return (number >= least && number <= most) || besides.contains(number);
    }

    /**
     * What is wrong with a number, and what to give instead.
     *
     * @param field as the user knows it
     * @return null: nothing
     */
    public @Nullable String fault(String field, int number) {
        return has(number) ? null : field + " is " + number + "; give " + least + " to " + most + orElse;
    }
}
