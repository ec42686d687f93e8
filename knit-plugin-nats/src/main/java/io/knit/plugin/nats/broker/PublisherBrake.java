package io.knit.plugin.nats.broker;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Pauses reading from a publisher whose subscriber can't keep up, before memory grows. While the subscriber reads on, the
 * publisher waits until there is room, up to a second at a time; a subscriber that does not read at all costs it one short
 * pause, then fills up to its limit and is dropped, and nobody else waits for it.
 */
final class PublisherBrake {
    private static final long STEP_MILLIS = 100;
    private static final int MOST_STEPS = 10;

    private final Channel publisher;

    // both on the publisher's loop
    private boolean paused;
    private int pauses;

    PublisherBrake(Channel publisher) {
        this.publisher = publisher;
    }

    /** Pauses if that helps. On the publisher's loop. */
    void easeOff(Outbound subscriber) {
        if (!paused && !subscriber.isStuck() && subscriber.whenRoomy(this)) {
            paused = true;
            pauses++;
            publisher.config().setAutoRead(false);
            await(subscriber, subscriber.sent(), 1);
        }
    }

    private void await(Outbound subscriber, long sentBefore, int step) {
        int pause = pauses;
        Future<?> unused = publisher
                .eventLoop()
                .schedule(
                        () -> {
                            if (paused && pause == pauses) {
                                waited(subscriber, sentBefore, step);
                            }
                        },
                        STEP_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private void waited(Outbound subscriber, long sentBefore, int step) {
        long sentNow = subscriber.sent();
        if (sentNow == sentBefore) {
            subscriber.stuckAt(sentNow);
            release();
        } else if (step >= MOST_STEPS) {
            release();
        } else {
            await(subscriber, sentNow, step + 1);
        }
    }

    /** The subscriber has room again, or is gone. From any loop. */
    void roomy() {
        publisher.eventLoop().execute(this::release);
    }

    private void release() {
        if (paused) {
            paused = false;
            publisher.config().setAutoRead(true);
        }
    }
}
