package io.knit.testkit.fleet;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.KnitServer;
import io.knit.testkit.sim.SimulatedFleet;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** All in the test's thread. */
final class VirtualFleet implements TestFleet {
    private final SimulatedFleet fleet;

    VirtualFleet(List<Map<String, String>> labels) {
        fleet = SimulatedFleet.of(labels);
    }

    @Override
    public KnitServer server() {
        return fleet.orchestrator();
    }

    @Override
    public Optional<URI> api() {
        return Optional.empty();
    }

    @Override
    public <T> T await(Future<T> future) {
        return fleet.await(future);
    }

    @Override
    public boolean comesTrue(BooleanSupplier condition) {
        return fleet.comesTrue(condition);
    }

    @Override
    public void runFor(Duration time) {
        fleet.runFor(time);
    }

    @Override
    public List<ContainerSnapshot> containers(String node) {
        return fleet.containers(node);
    }

    @Override
    public void stopAgent(String node) {
        fleet.killAgent(node);
    }

    @Override
    public void startAgent(String node) {
        fleet.startAgent(node);
    }

    @Override
    public void close() {
        fleet.close();
    }
}
