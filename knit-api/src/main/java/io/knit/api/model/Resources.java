package io.knit.api.model;

/**
 * What an instance may take of its node.
 *
 * @param pids most processes and threads at once, so that a program that forks without end takes no host down; 1 or more,
 *     {@link #UNLIMITED}, or 0 for {@link #DEFAULT_PIDS}
 */
public record Resources(int pids) {
    /** More than a large JVM needs, and far from what a host has. */
    public static final int DEFAULT_PIDS = 4096;

    public static final int UNLIMITED = -1;

    /** What a spec has that says nothing of it. */
    public static final Resources DEFAULT = new Resources(DEFAULT_PIDS);

    public Resources {
        if (pids == 0) {
            pids = DEFAULT_PIDS;
        }
    }
}
