package io.knit.gotemplate.bound;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a template calls by a name.
 *
 * @param fewest arguments, what is piped into it included
 * @param most arguments; -1: any number
 */
public record GoFunction(int fewest, int most, Work work) {
    /** What it does. */
    @FunctionalInterface
    public interface Work {
        /**
         * @param arguments what is piped comes last
         * @return a map with texts as keys, a list, a text, a number, a boolean, or null
         * @throws GoFault if they don't fit
         */
        @Nullable
        Object of(List<@Nullable Object> arguments, CostMeter meter);
    }

    /** One of just so many arguments. */
    public static GoFunction of(int arguments, Work work) {
        return new GoFunction(arguments, arguments, work);
    }
}
