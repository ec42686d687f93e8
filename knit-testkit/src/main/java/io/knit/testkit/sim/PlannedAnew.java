package io.knit.testkit.sim;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.core.KnitServer;
import io.knit.testkit.sim.host.InvariantViolation;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * A settled fleet is planned anew, from all that its server shows and by the server's own functions: what is well stays as it is. So would it be after a start
 * of the server on a machine that knows nothing else.
 */
final class PlannedAnew {
    private static final Duration LONG = Duration.ofMinutes(1);

    private PlannedAnew() {}

    static void changesNothing(SimulatedFleet fleet) {
        KnitServer server = fleet.orchestrator();
        Map<String, String> before = well(server.snapshot());
        Map<String, String> after = all(Simulation.of(server).advance(LONG).snapshot());
        before.forEach((instance, how) -> {
            if (!how.equals(after.get(instance))) {
                throw new InvariantViolation(
                        instance + " is well, and " + how + "; planned anew it is " + after.get(instance));
            }
        });
    }

    /** Of deployments to which nothing is to happen. */
    private static Map<String, String> well(ClusterSnapshot snapshot) {
        Map<String, String> all = new TreeMap<>();
        for (DeploymentView view : snapshot.deployments()) {
            boolean well = !view.deployment().deleting()
                    && !view.deployment().rollout().isUnderWay()
                    && view.instances().stream().allMatch(it -> it.isLive() && it.isHealthy());
            if (well) {
                view.instances().forEach(it -> all.put(it.id(), how(it)));
            }
        }
        return all;
    }

    private static Map<String, String> all(ClusterSnapshot snapshot) {
        Map<String, String> all = new TreeMap<>();
        snapshot.deployments().forEach(view -> view.instances().forEach(it -> all.put(it.id(), how(it))));
        return all;
    }

    private static String how(Instance instance) {
        return "to " + instance.order() + " on " + instance.node() + " by revision " + instance.revision();
    }
}
