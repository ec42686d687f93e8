package io.knit.core.server.http.settle;

import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Order;
import io.knit.api.model.Rollout;
import io.knit.core.server.http.answer.Unfinished;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Until what was under way when a deployment was paused has come to its end: nothing of it is starting or stopping any more. */
final class UntilStanding extends Waiter<DeploymentView> {
    private final String name;

    UntilStanding(Settling settling, String name, Duration patience, Consumer<ChangeOutcome<DeploymentView>> answer) {
        super(settling, patience, answer);
        this.name = name;
    }

    @Override
    boolean concerns(KnitEvent event) {
        return name.equals(event.deployment());
    }

    @Override
    Optional<DeploymentView> newest() {
        return settling.orchestrator.deployment(name);
    }

    @Override
    @Nullable
    ChangeOutcome<DeploymentView> judge(@Nullable DeploymentView view) {
        if (view == null) {
            return new ChangeOutcome<>(null, "it was undeployed meanwhile");
        } else if (view.deployment().deleting()) {
            return new ChangeOutcome<>(view, "it is being undeployed");
        } else if (!view.deployment().paused()) {
            return new ChangeOutcome<>(view, "it was resumed meanwhile");
        } else if (view.problem() != null) {
            return new ChangeOutcome<>(view, view.problem());
        }
        if (moving(view).isEmpty()) {
            return new ChangeOutcome<>(view, null);
        }
        Rollout rollout = view.deployment().rollout();
        return rollout.hasFailed() ? new ChangeOutcome<>(view, rollout.reason()) : null;
    }

    private static List<Instance> moving(DeploymentView view) {
        return view.instances().stream()
                .filter(it -> it.order() == Order.STOP
                        ? !it.state().isEnd()
                        : it.isLive() && it.node() != null && !it.isHealthy())
                .toList();
    }

    @Override
    String hindrance() {
        return newest().map(view -> Unfinished.words(moving(view))).orElse("");
    }
}
