package io.knit.api.model;

import java.util.Locale;

/** A deployment's condition in one word; derived from its instances, never stored. */
public enum DeploymentStatus {
    /** At least one slot waits for a node that fits. */
    PENDING,
    /** Every slot has its place; not all of them run the present revision yet. */
    DEPLOYING,
    /** Every slot runs the present revision. */
    RUNNING,
    /** Every slot has its place, but at least one has a container that does not stay up or could not be started. */
    DEGRADED,
    /** It was undeployed; its last instances are stopping. */
    DELETING,
    /** A job: all of it ended with 0. */
    COMPLETED,
    /** A job: more of its attempts failed than may. */
    FAILED;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
