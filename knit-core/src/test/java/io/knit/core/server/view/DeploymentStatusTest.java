package io.knit.core.server.view;

import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.core.server.Fixtures;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a deployment is called, by its instances. */
class DeploymentStatusTest {
    private final Deployment web =
            Fixtures.deployment(1, Fixtures.spec("web").replicas(2).build());

    private DeploymentStatus of(Instance... instances) {
        return Views.deployment(web, List.of(instances)).status();
    }

    private static Instance running(String id, int slot) {
        return on("n" + slot, pending(id, "web", 1, slot), InstanceState.RUNNING);
    }

    @Test
    void twoInOneSlotDoNotMakeUpForAnotherSlot() {
        Instance waits = on("n1", pending("web-1-a", "web", 1, 1), InstanceState.STARTING);
        assertThat(of(running("web-0-a", 0), running("web-0-b", 0), waits)).isEqualTo(DeploymentStatus.DEPLOYING);
        assertThat(of(running("web-0-a", 0), running("web-0-b", 0), running("web-1-a", 1)))
                .isEqualTo(DeploymentStatus.RUNNING);
    }
}
