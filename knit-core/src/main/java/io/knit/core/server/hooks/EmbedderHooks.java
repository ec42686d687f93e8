package io.knit.core.server.hooks;

import io.knit.api.embed.EventListener;
import io.knit.api.embed.SpecRule;
import io.knit.core.server.schedule.wish.Scorers;
import java.util.List;

/** All of them. */
public record EmbedderHooks(List<SpecRule> rules, Scorers scorers, List<Registered> listeners) {
    public static final EmbedderHooks NONE = new EmbedderHooks(List.of(), Scorers.NONE, List.of());

    /**
     * A listener.
     *
     * @param type of the events that it hears, see {@link io.knit.core.server.events.EventTypes}
     */
    public record Registered(String type, EventListener listener) {}

    public EmbedderHooks {
        rules = List.copyOf(rules);
        listeners = List.copyOf(listeners);
    }
}
