package io.knit.plugin.nats.broker;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/**
 * Pauses reading from a publisher whose subscriber can't keep up, before memory grows. Never for long, and not for a
 * subscriber that does not read at all: that one fills up to its limit and is dropped, and nobody else waits for it.
 */
final class PublisherBrake {
    private static final long PAUSE_MILLIS = 20;

    private final Channel publisher;
    private boolean paused; // on the publisher's loop

    PublisherBrake(Channel publisher) {
        this.publisher = publisher;
    }

    /** Pauses if that helps. On the publisher's loop. */
    void easeOff(Outbound subscriber) {
        if (paused || subscriber.isStuck()) {
            return;
        }
        long sentBefore = subscriber.sent();
        if (subscriber.whenRoomy(this)) {
            paused = true;
            publisher.config().setAutoRead(false);
            publisher.eventLoop().schedule(() -> waited(subscriber, sentBefore), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** The subscriber has room again, or is gone. From any loop. */
    void roomy() {
        publisher.eventLoop().execute(this::release);
    }

    private void waited(Outbound subscriber, long sentBefore) {
        if (subscriber.sent() == sentBefore) {
            subscriber.stuckAt(sentBefore);
        }
        release();
    }

    private void release() {
        if (paused) {
            paused = false;
            publisher.config().setAutoRead(true);
        }
    }
}
