package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.Order;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who drains a node may say which comes first, whatever the deployments say. */
class DrainOrderTest {
    private final SmallFleet fleet = new SmallFleet();

    @BeforeEach
    void twoNodes() {
        fleet.agent("n1", "eu");
        fleet.agent("n2", "eu");
    }

    private static DeploymentSpecBuilder web(UpdateOrder order) {
        return DeploymentSpec.builder("web", "web:1")
                .replicas(2)
                .update(Update.DEFAULT.withOrder(order).withMinHealthy(Duration.ZERO));
    }

    private Future<?> drain(@Nullable Boolean startFirst) {
        return startFirst == null ? fleet.server.drainNode("n1") : fleet.server.drainNode("n1", null, startFirst);
    }

    private <T> T soon(Future<T> future) {
        for (int step = 0; step < 100 && !future.isComplete(); step++) {
            fleet.runMillis(1);
        }
        return Futures.await(future);
    }

    /** Most that were to run at once, and fewest that were healthy, while one leaves n1. */
    private int[] leaving() {
        int[] seen = {0, Integer.MAX_VALUE};
        for (int step = 0; step < 3_000; step++) {
            fleet.runMillis(step < 2_000 ? 2 : 40);
            seen[0] = Math.max(seen[0], (int) fleet.instances("web").stream()
                    .filter(it -> it.order() == Order.RUN && it.node() != null)
                    .count());
            seen[1] = Math.min(seen[1], fleet.view("web").healthy());
            if (step == 2_100) {
                fleet.restartServer();
            }
        }
        assertThat(fleet.instances("web")).extracting(Instance::node).containsOnly("n2");
        return seen;
    }

    @Test
    @DisplayName("true starts the successor first where the deployment stops first, also over a restart of the server")
    void first() {
        fleet.deploy(web(UpdateOrder.STOP_FIRST).build());
        fleet.run(30);
        drain(true);
        assertThat(leaving()).containsExactly(3, 2);
    }

    @Test
    @DisplayName("false stops first where the deployment starts first")
    void last() {
        fleet.deploy(web(UpdateOrder.START_FIRST).build());
        fleet.run(30);
        drain(false);
        assertThat(leaving()).containsExactly(2, 1);
    }

    @Test
    @DisplayName("without it each deployment's own order holds")
    void own() {
        fleet.deploy(web(UpdateOrder.STOP_FIRST).build());
        fleet.run(30);
        drain(null);
        assertThat(leaving()).containsExactly(2, 1);
    }

    @Test
    @DisplayName("what two of can't run at once is stopped first all the same, and says so")
    void fixedPort() {
        fleet.deploy(web(UpdateOrder.AUTO)
                .port(new PortSpec("127.0.0.1", 8080, 80, Protocol.TCP))
                .build());
        fleet.run(30);
        String there = fleet.instances("web").stream()
                .filter(it -> "n1".equals(it.node()))
                .findFirst()
                .orElseThrow()
                .id();
        fleet.agent("n3", "eu");
        fleet.run(5);
        soon(drain(true));
        List<String> words =
                soon(fleet.server.explainInstance(there)).courses().get(0).words();
        assertThat(words).anyMatch(it -> it.contains("n1 is drained with start_first: two of it can't run at once"));
    }

    @Test
    @DisplayName(
            "what was not healthy for long enough yet is stopped first, and what it is to replace on another node runs on")
    void notProvedYet() {
        fleet.agent("n3", "eu");
        Update update = Update.DEFAULT.withOrder(UpdateOrder.START_FIRST).withMinHealthy(Duration.ofSeconds(20));
        DeploymentSpecBuilder one = DeploymentSpec.builder("web", "web:1").update(update);
        fleet.deploy(one.build());
        fleet.run(60);
        fleet.deploy(one.env("A", "2").build());
        Instance next = null;
        for (int step = 0; step < 100 && next == null; step++) {
            fleet.runMillis(50);
            next = fleet.instances("web").stream()
                    .filter(it -> it.revision() == 2 && it.isHealthy())
                    .findFirst()
                    .orElse(null);
        }
        String node = Objects.requireNonNull(Objects.requireNonNull(next).node());
        soon(fleet.server.drainNode(node, null, false));
        int fewest = fleet.view("web").healthy();
        for (int step = 0; step < 3_000; step++) {
            fleet.runMillis(20);
            fewest = Math.min(fewest, fleet.view("web").healthy());
        }
        assertThat(fewest).isPositive();
        assertThat(fleet.instances("web"))
                .singleElement()
                .matches(it -> it.revision() == 2 && it.isHealthy() && !node.equals(it.node()));
    }
}
