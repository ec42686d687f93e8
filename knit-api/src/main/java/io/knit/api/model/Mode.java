package io.knit.api.model;

import java.util.Locale;

/** What a deployment has an instance for. */
public enum Mode {
    /** For each number below {@code replicas}, wherever it fits. */
    REPLICATED,
    /** For each node that is as the spec wants it. */
    GLOBAL,
    /** For each completion, until that many have ended with 0. */
    JOB,
    /** The same, again at each time of a schedule. */
    CRON;

    /** Whether what it has ends by itself, and nothing is rolled out. */
    public boolean runsToAnEnd() {
        return this == JOB || this == CRON;
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
