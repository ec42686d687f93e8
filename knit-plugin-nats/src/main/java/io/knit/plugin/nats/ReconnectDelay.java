package io.knit.plugin.nats;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next try to connect: about 100 ms, doubling to at most 1 s. Short, because a server that was
 * killed is back within seconds and its agents should be too; spread over half of it at random, so that ten thousand agents
 * do not all knock at once; and not longer, because a refused connection costs the host next to nothing.
 */
final class ReconnectDelay {
    private static final long FIRST_MILLIS = 100;
    private static final long LAST_MILLIS = 1000;
    private static final int DOUBLINGS = 4;
    private static final long REFUSED_MILLIS = 5000;

    private final DoubleSupplier random;

    /** @param random gives numbers from 0 to 1; called from any thread */
    ReconnectDelay(DoubleSupplier random) {
        this.random = random;
    }

    /** The wait after NATS was there and did not take us: somebody has to do something before it will. */
    Duration afterRefusal() {
        return spread(REFUSED_MILLIS);
    }

    /** The wait before the next try after so many failed ones. */
    Duration after(long failures) {
        long most = Math.min(LAST_MILLIS, FIRST_MILLIS << Math.min(DOUBLINGS, Math.max(0, failures - 1)));
        return spread(most);
    }

    private Duration spread(long most) {
        return Duration.ofMillis((long) (most * (0.5 + random.getAsDouble() / 2)));
    }
}
