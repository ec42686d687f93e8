package io.knit.core.wire;

/** Abilities that an agent names in its heartbeats; what it does not name, it can't. An unknown name means nothing to the server. */
public final class Features {
    /** Waits, instead of ending, while the server is another cluster's. */
    public static final String WAIT = "wait";

    private Features() {}
}
