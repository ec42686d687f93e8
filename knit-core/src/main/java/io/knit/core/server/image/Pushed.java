package io.knit.core.server.image;

import java.util.List;

/**
 * What became of a push.
 *
 * @param image its name, as engines list it
 * @param id SHA-256 of its configuration
 * @param nodes in the order of their ids
 */
public record Pushed(String image, String id, int layers, List<NodePushed> nodes) {
    public Pushed {
        nodes = List.copyOf(nodes);
    }
}
