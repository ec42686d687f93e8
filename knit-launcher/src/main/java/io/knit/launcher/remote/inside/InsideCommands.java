package io.knit.launcher.remote.inside;

import io.knit.launcher.remote.Remote;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The commands of this room, in the order in which help shows them. */
public final class InsideCommands {
    private InsideCommands() {}

    public static void addTo(BiConsumer<String, Supplier<Remote>> words) {
        words.accept("exec", Exec::new);
        words.accept("attach", Attach::new);
        words.accept("cp", Cp::new);
        words.accept("stats", Stats::new);
    }
}
