package io.knit.plugin.nats.broker.routing;

import io.knit.plugin.nats.broker.flow.Reading;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Pauses reading from a publisher whose subscriber can't keep up, before memory grows. While the subscriber reads on, the
 * publisher waits until there is room, up to a second at a time; a subscriber that does not read at all costs it one short
 * pause, then fills up to its limit and is dropped, and nobody else waits for it.
 */
public final class PublisherBrake {
    private static final long STEP_MILLIS = 100;
    private static final int MOST_STEPS = 10;

    private final EventLoop loop;
    private final Reading reading;

    // both on the publisher's loop
    private boolean paused;
    private int pauses;

    public PublisherBrake(EventLoop loop, Reading reading) {
        this.loop = loop;
        this.reading = reading;
    }

    /** Pauses if that helps. On the publisher's loop. */
    public void easeOff(Outbound subscriber) {
        if (!paused && !subscriber.isStuck() && subscriber.whenRoomy(this)) {
            paused = true;
            pauses++;
            reading.pause(Reading.Reason.SUBSCRIBER);
            await(subscriber, subscriber.sent(), 1);
        }
    }

    private void await(Outbound subscriber, long sentBefore, int step) {
        int pause = pauses;
        Future<?> unused = loop.schedule(
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
        if (!subscriber.isCrowded()) {
            release();
        } else if (sentNow == sentBefore) {
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
        loop.execute(this::release);
    }

    private void release() {
        if (paused) {
            paused = false;
            reading.resume(Reading.Reason.SUBSCRIBER);
        }
    }
}
