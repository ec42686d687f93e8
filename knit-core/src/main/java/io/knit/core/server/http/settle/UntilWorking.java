package io.knit.core.server.http.settle;

import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Until a node that is activated takes work. */
final class UntilWorking extends Waiter<Node> {
    private final String id;

    UntilWorking(Settling settling, String id, Duration patience, Consumer<ChangeOutcome<Node>> answer) {
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
        } else if (node.wish().availability() != NodeWish.Availability.ACTIVE) {
            return new ChangeOutcome<>(
                    node,
                    "it is not to take work any more: it is "
                            + node.wish().availability().wireName() + " now");
        } else if (node.judgement().isHeld()) {
            // no event tells of the end of that
            return new ChangeOutcome<>(node, "it is back, and went down too often lately to get new work yet");
        }
        return node.takesWork() ? new ChangeOutcome<>(node, null) : null;
    }

    @Override
    String hindrance() {
        return newest().map(node -> {
                    String why = node.condition().isEmpty() ? node.reason() : node.condition();
                    return ": it is " + node.state().wireName() + (why.isEmpty() ? "" : ": " + why);
                })
                .orElse("");
    }
}
