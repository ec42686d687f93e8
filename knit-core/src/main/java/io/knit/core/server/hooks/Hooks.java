package io.knit.core.server.hooks;

import io.knit.api.embed.EventListener;
import io.knit.api.embed.SpecRule;
import io.knit.core.server.schedule.wish.Scorers;
import java.util.List;

/** All of them. */
public record Hooks(List<SpecRule> rules, Scorers scorers, List<Registered> listeners) {
    public static final Hooks NONE = new Hooks(List.of(), Scorers.NONE, List.of());

    /**
     * A listener.
     *
     * @param type of the events that it hears, see {@link io.knit.core.server.events.EventTypes}
     */
    public record Registered(String type, EventListener listener) {}

    public Hooks {
        rules = List.copyOf(rules);
        listeners = List.copyOf(listeners);
    }
}
