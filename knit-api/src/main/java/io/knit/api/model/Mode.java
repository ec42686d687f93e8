package io.knit.api.model;

import java.util.Locale;

/** What a deployment has an instance for. */
public enum Mode {
    /** For each number below {@code replicas}, wherever it fits. */
    REPLICATED,
    /** For each node that is as the spec wants it. */
    GLOBAL;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
