package io.knit.core;

import io.knit.api.embed.EventListener;
import io.knit.api.embed.Scorer;
import io.knit.api.embed.SpecRule;
import io.knit.core.server.events.EventTypes;
import io.knit.core.server.hooks.EmbedderHooks;
import io.knit.core.server.hooks.LoggedScorer;
import io.knit.core.server.schedule.wish.Scorers;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** What a server was given of its embedder's own, in the order in which it was. */
public record KnitServerHooks(List<SpecRule> rules, List<Scoring> scorers, List<Listening> listeners) {
    static final KnitServerHooks NONE = new KnitServerHooks(List.of(), List.of(), List.of());

    public KnitServerHooks {
        rules = List.copyOf(rules);
        scorers = List.copyOf(scorers);
        listeners = List.copyOf(listeners);
        if (scorers.size() > Scorers.MOST) {
            throw new IllegalStateException("there are " + scorers.size() + " scorers; give at most " + Scorers.MOST);
        }
        if (scorers.stream().map(Scoring::name).distinct().count() < scorers.size()) {
            throw new IllegalStateException("two scorers have one name; each explanation calls them by it");
        }
    }

    /**
     * A scorer.
     *
     * @param name 1–64 characters; what explanations call it
     * @param weight 1–100; what its best score counts, beside the weights of a spec's preferences
     */
    public record Scoring(String name, int weight, Scorer scorer) {
        public Scoring {
            Objects.requireNonNull(scorer, "scorer");
            if (name.isBlank() || name.length() > 64) {
                throw new IllegalArgumentException(
                        "a scorer's name has " + name.length() + " characters; give 1 to 64");
            }
            if (weight < 1 || weight > Scorers.MOST_WEIGHT) {
                throw new IllegalArgumentException("weight is " + weight + "; give 1 to " + Scorers.MOST_WEIGHT);
            }
        }
    }

    /**
     * A listener.
     *
     * @param type of the events that it hears
     */
    public record Listening(String type, EventListener listener) {
        public Listening {
            Objects.requireNonNull(listener, "listener");
            Predicate<?> unused = EventTypes.matching(type);
        }
    }

    EmbedderHooks forServer() {
        return new EmbedderHooks(
                rules,
                new Scorers(scorers.stream()
                        .map(it ->
                                new Scorers.Weighed(it.name(), it.weight(), new LoggedScorer(it.name(), it.scorer())))
                        .toList()),
                listeners.stream()
                        .map(it -> new EmbedderHooks.Registered(it.type(), it.listener()))
                        .toList());
    }
}
