package io.knit.core.server.meter;

import java.util.Locale;

/** The phases of an instance's start. */
enum StartPhase {
    /** Until the scheduler found a node. */
    PLACED,
    WAITED,
    PULLED,
    CREATED,
    STARTED,
    HEALTHY;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
