package io.knit.core.server.writer;

import io.knit.api.spi.loop.Loop;
import io.knit.core.loop.Pulse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The time for which a server was there: it begins where the last commit of the last server left it, passes with the loop's {@code elapsed}, and stands
 * still while no server runs or the server's process does not. Who waits for something waits by it, so that no clock that is set, and no
 * absence, ends a wait. Loop-bound.
 */
final class ServedClock {
    private final Loop loop;
    private final Pulse pulse;
    private final Instant begun;
    private final Duration before;

    /** @param last what it was at the last commit; {@link Instant#EPOCH}: nothing was written of it, so waits of before were counted by the time of day */
    ServedClock(Loop loop, Pulse pulse, Instant last) {
        this.loop = loop;
        this.pulse = pulse;
        this.begun = last.equals(Instant.EPOCH) ? loop.now() : last;
        this.before = awake();
    }

    /** Never less than before; whole milliseconds. */
    Instant now() {
        return begun.plus(awake().minus(before)).truncatedTo(ChronoUnit.MILLIS);
    }

    private Duration awake() {
        // first of all who stood still is asked, else a standstill that is noticed between the two looks would count
        Duration stood = pulse.stoodStill();
        return loop.elapsed().minus(stood);
    }
}
