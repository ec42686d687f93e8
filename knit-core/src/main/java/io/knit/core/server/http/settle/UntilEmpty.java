package io.knit.core.server.http.settle;

import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Until nothing runs on a node that is drained. */
final class UntilEmpty extends Waiter<Node> {
    private final String id;

    UntilEmpty(Settling settling, String id, Duration patience, Consumer<ChangeOutcome<Node>> answer) {
        super(settling, patience, answer);
        this.id = id;
    }

    @Override
    boolean concerns(KnitEvent event) {
        return id.equals(event.node());
    }

    @Override
    Optional<Node> newest() {
        return settling.orchestrator.node(id);
    }

    @Override
    @Nullable
    ChangeOutcome<Node> judge(@Nullable Node node) {
        if (node == null) {
            return new ChangeOutcome<>(null, "it was forgotten meanwhile");
        }
        if (node.wish().availability() != NodeWish.Availability.DRAINED) {
            return new ChangeOutcome<>(
                    node,
                    "it is not to be empty any more: it is "
                            + node.wish().availability().wireName() + " now");
        }
        Tenants tenants = Tenants.of(settling.orchestrator.snapshot(), id);
        if (node.state() == NodeState.DOWN && !tenants.isNone()) {
            return new ChangeOutcome<>(
                    node,
                    "it is down: what ran there is replaced, and what may still run there is removed when it is back");
        }
        return tenants.isEmpty() ? new ChangeOutcome<>(node, null) : null;
    }

    @Override
    String hindrance() {
        return Tenants.of(settling.orchestrator.snapshot(), id).words();
    }
}
