package io.knit.api.model;

import java.util.Locale;

/** How it stands with the check of an instance that runs. A property of one that is {@code RUNNING}, not a state: it goes back and forth. */
public enum Health {
    /** Nothing checks it, or nobody said so. */
    NONE,
    /** No check has succeeded since its container was started. */
    STARTING,
    HEALTHY,
    /** Its check failed so often in a row that it is started anew. */
    UNHEALTHY;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
