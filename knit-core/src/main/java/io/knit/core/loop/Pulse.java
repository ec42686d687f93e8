package io.knit.core.loop;

import java.time.Duration;

/**
 * Tells a process that stood still – stopped, its machine asleep – from one that is only busy: who stood still has heard nobody meanwhile.
 * Thread-safe.
 */
public interface Pulse {
    /** For so long at least: less is told from a busy machine by nobody. */
    Duration LEAST = Duration.ofSeconds(1);

    /** When the process last went on after it had stood still, as the loop's {@code elapsed}; {@link Duration#ZERO}: it never did. */
    Duration lastStandstill();

    /** For how long it stood still, all times together. */
    Duration stoodStill();

    /** Of a process that never stands still. */
    Pulse STEADY = new Pulse() {
        @Override
        public Duration lastStandstill() {
            return Duration.ZERO;
        }

        @Override
        public Duration stoodStill() {
            return Duration.ZERO;
        }
    };
}
