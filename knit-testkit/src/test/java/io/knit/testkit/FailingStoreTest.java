package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.vertx.core.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FailingStoreTest {
    @Test
    @DisplayName("a server whose store can't write is not ready, and is again by itself once it can")
    void readiness() {
        SmallFleet fleet = new SmallFleet();
        assertThat(fleet.server.ready()).isTrue();
        fleet.storage.failNext(5);
        Future<?> refused =
                fleet.server.deploy(DeploymentSpec.builder("web", "web:1").build());
        fleet.run(3);
        assertThat(refused.failed()).isTrue();
        assertThat(fleet.server.ready()).isFalse();

        fleet.run(5);
        assertThat(fleet.server.ready()).isTrue();
        assertThat(fleet.server.snapshot().deployments()).isEmpty();
    }
}
