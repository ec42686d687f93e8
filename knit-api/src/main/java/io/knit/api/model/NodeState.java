package io.knit.api.model;

import java.util.Locale;

/** What the server thinks of a node. */
public enum NodeState {
    /** On the mesh, but no agent has spoken. */
    DISCOVERED,
    /** Takes work. */
    READY,
    /** Not heard of for a moment: keeps its work, takes no new work. */
    SUSPECT,
    /** Not heard of for too long: its work is replaced elsewhere. */
    DOWN;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
