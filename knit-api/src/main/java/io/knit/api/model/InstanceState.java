package io.knit.api.model;

import java.util.Locale;

/** How far an instance has come. Ordered: an instance never goes back. */
public enum InstanceState {
    /** Waits for a node that fits. */
    PENDING,
    /** Has a node, which has not said anything about it yet. */
    ASSIGNED,
    /** The node fetches the image and renders the files. */
    PREPARING,
    /** The container is being made and started. */
    STARTING,
    /** The container was started; if it ends, the agent starts it again and the instance stays in this state. */
    RUNNING,
    /** The server wants it stopped. */
    STOPPING,
    /** Stopped and removed from its node. */
    STOPPED,
    /**
     * It ended for good on its own, as it was meant to. No agent says it and none is stored so: it is how people are told of one that {@code FAILED}
     * without a failure.
     */
    COMPLETED,
    /** It ended for good on its own. */
    FAILED,
    /** The node could not take it: port in use, no room, image not to be had. */
    REJECTED,
    /** Its node is gone. */
    LOST;

    /** Whether it can't run any more, so that its slot is free for another instance. */
    public boolean isEnd() {
        return compareTo(STOPPED) >= 0;
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
