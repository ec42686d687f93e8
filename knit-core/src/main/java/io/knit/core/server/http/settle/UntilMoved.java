package io.knit.core.server.http.settle;

import io.knit.api.command.Rebalancing;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.model.Order;
import io.knit.core.server.http.answer.Unfinished;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Until nothing that was to move is where it was, and all runs again of the deployments of which it is. */
final class UntilMoved<T> extends Waiter<T> {
    private final Supplier<Optional<T>> newest;
    /** What moves, by deployment: ids. */
    private final Map<String, Set<String>> moved;

    private UntilMoved(
            Settling settling,
            Supplier<Optional<T>> newest,
            Map<String, Set<String>> moved,
            Duration patience,
            Consumer<ChangeOutcome<T>> answer) {
        super(settling, patience, answer);
        this.newest = newest;
        this.moved = moved;
    }

    /** What a rebalancing has go elsewhere. */
    static UntilMoved<Rebalancing> of(
            Settling settling, Rebalancing begun, Duration patience, Consumer<ChangeOutcome<Rebalancing>> answer) {
        Map<String, Set<String>> moved = new TreeMap<>();
        begun.moves().forEach(move -> ids(moved, move.deployment()).add(move.instance()));
        return new UntilMoved<>(settling, () -> Optional.of(begun), moved, patience, answer);
    }

    /** What came to a node, or is to leave it, since then. */
    static UntilMoved<Node> of(
            Settling settling,
            Node node,
            ClusterSnapshot before,
            Duration patience,
            Consumer<ChangeOutcome<Node>> answer) {
        String id = node.id();
        Map<String, Instance> known = new HashMap<>();
        on(before, id).forEach(it -> known.put(it.id(), it));
        Map<String, Set<String>> moved = new TreeMap<>();
        on(settling.orchestrator.snapshot(), id).forEach(it -> {
            Instance old = known.get(it.id());
            if (it.order() == Order.STOP && (old == null || old.order() == Order.RUN)) {
                ids(moved, it.deployment()).add(it.id());
            } else if (old == null || old.node() == null && it.node() != null) {
                ids(moved, it.deployment());
            }
        });
        return new UntilMoved<>(settling, () -> settling.orchestrator.node(id), moved, patience, answer);
    }

    private static Set<String> ids(Map<String, Set<String>> moved, String deployment) {
        return moved.computeIfAbsent(deployment, none -> new TreeSet<>());
    }

    /** Also what waits for this node alone. */
    private static Stream<Instance> on(ClusterSnapshot snapshot, String node) {
        return snapshot.deployments().stream()
                .flatMap(view -> view.instances().stream())
                .filter(it -> node.equals(it.node()) || it.node() == null && node.equals(it.key()));
    }

    @Override
    boolean concerns(KnitEvent event) {
        return event.deployment() != null && moved.containsKey(event.deployment());
    }

    @Override
    Optional<T> newest() {
        return newest.get();
    }

    @Override
    @Nullable
    ChangeOutcome<T> judge(@Nullable T now) {
        boolean done = true;
        for (DeploymentView view : views()) {
            String failure = failure(view);
            if (failure != null) {
                return new ChangeOutcome<>(now, failure);
            }
            done &= view.status() == DeploymentStatus.RUNNING && there(view).isEmpty();
        }
        return done ? new ChangeOutcome<>(now, null) : null;
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
