package io.knit.core.server.meter;

import java.util.Locale;

/** How a rollout ended. */
enum RolloutEnd {
    DONE,
    FAILED,
    ROLLED_BACK;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
