package io.knit.testkit.sim;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Instance;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.sim.check.Settlement;
import io.knit.testkit.sim.host.InvariantViolation;
import io.knit.testkit.sim.host.SimulatedHost;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * What must not only become right but soon: on every host of a settled fleet a container ends, the engine tells of it once and lists
 * it late, and the server hears of it before any safety net could have helped.
 */
final class Promptness {
    /** The engine's longest lag, the agent's next look after it, and the way to the server. */
    private static final Duration SOON = Duration.ofSeconds(4);

    private static final int LONGEST_LAG_MILLIS = 2_000;

    private Promptness() {}

    static void endsAreSeenSoon(SimulatedFleet fleet) {
        RandomGenerator random = fleet.queue().newRandom();
        Map<String, Integer> restarts = new TreeMap<>();
        for (SimulatedHost host : fleet.hosts()) {
            running(fleet, host).ifPresent(container -> {
                String instance = Objects.requireNonNull(container.labels().get(KnitLabels.INSTANCE));
                restarts.put(
                        instance,
                        instance(fleet, instance).map(Instance::restarts).orElse(0));
                host.engine().script().listLags(() -> Duration.ofMillis(random.nextInt(LONGEST_LAG_MILLIS)));
                host.engine().end(container.id(), 1);
            });
        }
        fleet.queue().runFor(SOON);
        restarts.forEach((id, before) -> {
            Instance now = instance(fleet, id).orElseThrow(() -> new InvariantViolation(id + " is gone for one end"));
            if (!now.failing() && now.restarts() == before) {
                throw new InvariantViolation(
                        "the container of " + id + " ended " + SOON + " ago, and the server does not know");
            }
        });
    }

    private static Optional<ContainerSnapshot> running(SimulatedFleet fleet, SimulatedHost host) {
        return host.engine().containers().stream()
                .filter(container -> container.state() == ContainerState.RUNNING
                        && container.labels().containsKey(KnitLabels.INSTANCE)
                        && !Settlement.endsByItself(host.engine().spec(container.id()))
                        && instance(fleet, container.labels().get(KnitLabels.INSTANCE))
                                .filter(instance -> !isMoving(fleet, instance))
                                .isPresent())
                .findFirst();
    }

    /** Whether an end may take its deployment back to an older revision, and it with it. */
    private static boolean isMoving(SimulatedFleet fleet, Instance instance) {
        return fleet.server()
                .snapshot()
                .flatMap(snapshot -> snapshot.deployment(instance.deployment()))
                .filter(view -> view.deployment().rollout().isUnderWay())
                .isPresent();
    }

    private static Optional<Instance> instance(SimulatedFleet fleet, String id) {
        return fleet.server().snapshot().stream()
                .map(ClusterSnapshot::deployments)
                .flatMap(deployments -> deployments.stream().flatMap(view -> view.instances().stream()))
                .filter(instance -> instance.id().equals(id))
                .findFirst();
    }
}
