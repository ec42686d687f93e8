package io.knit.core.server.hooks;

import io.knit.api.embed.EventListener;
import io.knit.api.model.KnitEvent;
import io.knit.core.plugin.Foreign;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener, and how far it has heard. It keeps no events: it reads those that the server keeps anyway, as any follower does. */
final class Hearing {
    private static final Logger LOG = LoggerFactory.getLogger(Hearing.class);

    private final HookThreads thread;
    private final Predicate<KnitEvent> wanted;
    private final EventListener listener;
    private final LongFunction<List<KnitEvent>> after;
    /** How often it was woken and has not looked since; whoever finds 0 has it look. */
    private final AtomicInteger woken = new AtomicInteger();
    /** Of whoever looks. */
    private long last;

    private volatile boolean closed;

    Hearing(
            HookThreads thread,
            Predicate<KnitEvent> wanted,
            EventListener listener,
            long last,
            LongFunction<List<KnitEvent>> after) {
        this.thread = thread;
        this.wanted = wanted;
        this.listener = listener;
        this.last = last;
        this.after = after;
    }

    void wake() {
        if (woken.getAndIncrement() == 0) {
            thread.execute(this::look);
        }
    }

    private void look() {
        int seen;
        do {
            seen = woken.get();
            for (KnitEvent event : after.apply(last)) {
                if (closed) {
                    return;
                }
                hear(event);
            }
        } while (woken.addAndGet(-seen) != 0);
    }

    private void hear(KnitEvent event) {
        long expected = last + 1;
        last = event.seq();
        if (event.seq() > expected) {
            LOG.warn(
                    "A listener is so slow that it never hears the events {} to {}: they are kept no more",
                    expected,
                    event.seq() - 1);
            Foreign.run(
                    () -> listener.missed(expected, event.seq() - 1),
                    e -> LOG.warn("A listener failed to hear what it missed", e));
        }
        if (wanted.test(event)) {
            Foreign.run(() -> listener.heard(event), e -> LOG.warn("A listener failed on event {}", event.seq(), e));
        }
    }

    void close() {
        closed = true;
        thread.close();
    }
}
