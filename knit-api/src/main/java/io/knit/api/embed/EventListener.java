package io.knit.api.embed;

import io.knit.api.model.KnitEvent;

/**
 * Hears events, in their order and one at a time, on a thread of its own: it may block and take its time without holding up the server or another listener. One
 * that throws is logged and hears the next event.
 */
@FunctionalInterface
public interface EventListener {
    /** An event of those it was registered for, after it was stored. */
    void heard(KnitEvent event);

    /**
     * It was so slow that events are gone which it has not heard: the server keeps the newest 20,000 for all who follow, and nothing more for one listener.
     * Called before the event that comes after them; whoever keeps books looks at the {@code snapshot()} now.
     *
     * @param from number of the first that is gone
     * @param to number of the last; not all of them need be of those it was registered for
     */
    default void missed(long from, long to) {}
}
