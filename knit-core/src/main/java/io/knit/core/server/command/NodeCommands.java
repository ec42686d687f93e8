package io.knit.core.server.command;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import java.util.ArrayList;
import java.util.List;

/** What a user's commands change about nodes (pure). */
final class NodeCommands {
    private NodeCommands() {}

    /** Answers with the node as it was. What was on it has been replaced when it went down, and is forgotten with it. */
    static Decision<Node> forget(ClusterState state, String id) {
        Node node = state.node(id);
        if (node == null) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND, "there is no node named \"" + id + "\"; GET /nodes lists them");
        }
        if (node.state() != NodeState.DOWN) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    id + " is " + node.state().wireName()
                            + "; only a node that is down can be forgotten: stop its agent first, and try again when it is down");
        }
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.RemoveNode(id));
        state.instancesOn(id).values().stream()
                .filter(instance -> id.equals(instance.node()))
                .forEach(instance -> changes.add(new Change.RemoveInstance(instance.id())));
        return new Decision<>(changes, node);
    }
}
