package io.knit.api.model;

import java.util.Objects;

/**
 * That a node makes ready for an instance what can be made ready before the one it replaces is stopped: its image.
 *
 * @param node the node's id
 * @param done whether it is ready, or the node's agent can't make anything ready: the instance may take its place
 * @param apart whether what it replaces is on another node, so that nothing of its slot makes room for it here
 */
public record Preparation(String node, boolean done, boolean apart) {
    public Preparation {
        Objects.requireNonNull(node, "node");
    }

    /** On the node of what it replaces. */
    public Preparation(String node, boolean done) {
        this(node, done, false);
    }

    Preparation finished() {
        return new Preparation(node, true, apart);
    }
}
