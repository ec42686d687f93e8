package io.knit.api.model;

import java.util.Objects;

/**
 * That a node makes ready for an instance what can be made ready before the one it replaces is stopped: its image.
 *
 * @param node the node's id
 * @param done whether it is ready, or the node's agent can't make anything ready: the instance may take its place
 */
public record Preparation(String node, boolean done) {
    public Preparation {
        Objects.requireNonNull(node, "node");
    }
}
