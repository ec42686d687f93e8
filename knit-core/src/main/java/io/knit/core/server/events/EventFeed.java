package io.knit.core.server.events;

import io.knit.api.Orchestrator.Registration;
import io.knit.api.model.KnitEvent;
import io.knit.core.plugin.Foreign;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who listen. Listeners come and go on any thread; they are called on the loop. */
public final class EventFeed {
    private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);

    private final List<Consumer<KnitEvent>> listeners = new CopyOnWriteArrayList<>();

    public Registration add(Consumer<KnitEvent> listener) {
        Objects.requireNonNull(listener, "listener");
        // the same listener may be added twice, and each registration removes its own
        Consumer<KnitEvent> own = listener::accept;
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    public void publish(List<KnitEvent> events) {
        for (KnitEvent event : events) {
            for (Consumer<KnitEvent> listener : listeners) {
                Foreign.run(
                        () -> listener.accept(event), e -> LOG.warn("A listener failed on event {}", event.seq(), e));
            }
        }
    }
}
