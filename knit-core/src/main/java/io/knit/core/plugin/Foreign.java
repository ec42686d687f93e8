package io.knit.core.plugin;

import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls code that is not Knit's: a plugin's, or that of who embeds it. Whatever it throws ends here and is told to whoever called it: also an {@link Error},
 * as an assertion's or a missing class', and a checked exception that no signature names, as Kotlin, Groovy and Lombok throw. One kind left
 * out once stopped all that was to come after it. Pure.
 */
public final class Foreign {
    private Foreign() {}

    public static void run(Runnable code, Consumer<Throwable> failed) {
        try {
            code.run();
        } catch (Throwable e) {
            failed.accept(e);
        }
    }

    /** What it gives, or what is made of what it throws. */
    public static <T extends @Nullable Object> T call(Callable<T> code, Function<Throwable, T> failed) {
        try {
            return code.call();
        } catch (Throwable e) {
            return failed.apply(e);
        }
    }
}
