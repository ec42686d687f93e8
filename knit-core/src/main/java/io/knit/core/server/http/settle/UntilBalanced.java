package io.knit.core.server.http.settle;

import io.knit.api.command.Rebalancing;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Order;
import io.knit.core.server.http.answer.Unfinished;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Until nothing that was to move is where it was, and all runs again of the deployments of which it is. */
final class UntilBalanced extends Waiter<Rebalancing> {
    private final Rebalancing begun;
    /** What moves, by deployment: ids. */
    private final Map<String, Set<String>> moved = new TreeMap<>();

    UntilBalanced(
            Settling settling, Rebalancing begun, Duration patience, Consumer<ChangeOutcome<Rebalancing>> answer) {
        super(settling, patience, answer);
        this.begun = begun;
        begun.moves()
                .forEach(move -> moved.computeIfAbsent(move.deployment(), none -> new TreeSet<>())
                        .add(move.instance()));
    }

    @Override
    boolean concerns(KnitEvent event) {
        return event.deployment() != null && moved.containsKey(event.deployment());
    }

    @Override
    Optional<Rebalancing> newest() {
        return Optional.of(begun);
    }

    @Override
    @Nullable
    ChangeOutcome<Rebalancing> judge(@Nullable Rebalancing newest) {
        boolean done = true;
        for (DeploymentView view : views()) {
            String failure = failure(view);
            if (failure != null) {
                return new ChangeOutcome<>(begun, failure);
            }
            done &= view.status() == DeploymentStatus.RUNNING && there(view).isEmpty();
        }
        return done ? new ChangeOutcome<>(begun, null) : null;
    }

    /** Those of which something moves. What is undeployed meanwhile is nowhere any more. */
    private List<DeploymentView> views() {
        return moved.keySet().stream()
                .flatMap(name -> settling.orchestrator.deployment(name).stream())
                .filter(view -> !view.deployment().deleting())
                .toList();
    }

    private @Nullable String failure(DeploymentView view) {
        String name = view.name();
        if (view.problem() != null) {
            return name + ": " + view.problem();
        } else if (view.deployment().rollout().hasFailed()) {
            return name + ": " + view.deployment().rollout().reason();
        }
        return there(view).stream()
                .filter(it -> it.order() == Order.RUN && it.leaves() == null)
                .findFirst()
                .map(it -> it.id() + " is to leave " + it.node() + " no more")
                .orElse(null);
    }

    /** What is where it was. */
    private List<Instance> there(DeploymentView view) {
        Set<String> ids = moved.getOrDefault(view.name(), Set.of());
        return view.instances().stream()
                .filter(it -> ids.contains(it.id()) && !it.state().isEnd())
                .toList();
    }

    @Override
    String hindrance() {
        List<Instance> behind = new ArrayList<>();
        for (DeploymentView view : views()) {
            view.instances().stream()
                    .filter(it -> it.order() == Order.RUN && it.isLive() && !it.isHealthy())
                    .forEach(behind::add);
            there(view).stream().filter(Instance::isHealthy).forEach(behind::add);
        }
        return Unfinished.words(behind);
    }
}
