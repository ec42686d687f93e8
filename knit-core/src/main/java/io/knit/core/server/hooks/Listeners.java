package io.knit.core.server.hooks;

import io.knit.api.model.KnitEvent;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.events.EventTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** Those who listen on threads of their own. */
public final class Listeners {
    private final List<Hearing> hearings = new ArrayList<>();

    /**
     * Nobody is called before {@link #heard}.
     *
     * @param last number of the newest event that none of them hears
     * @param after the kept events with a higher number, oldest first; asked on any thread
     */
    public Listeners(Loop loop, List<EmbedderHooks.Registered> all, long last, LongFunction<List<KnitEvent>> after) {
        for (EmbedderHooks.Registered each : all) {
            hearings.add(new Hearing(
                    new HookThreads(loop, "knit-listener", 1),
                    EventTypes.matching(each.type()),
                    each.listener(),
                    last,
                    after));
        }
    }

    /** There are new events. */
    public void heard() {
        hearings.forEach(Hearing::wake);
    }

    /** Interrupts those who hear something; what they have not heard yet they never will. */
    public void close() {
        hearings.forEach(Hearing::close);
    }
}
