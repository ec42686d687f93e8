package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.testkit.runtime.FakeEngine;
import org.junit.jupiter.api.Test;

/** What becomes of a node's work while it is away for long, and when it is back. */
class NodeAwayTest {
    private final SmallFleet fleet = new SmallFleet();

    private static DeploymentSpec web() {
        return DeploymentSpec.builder("web", "web:1")
                .nodeSelector("region", "eu")
                .build();
    }

    @Test
    void whatNoOtherNodeCouldTakeRunsOnWhenItsNodeIsBack() {
        FakeEngine eu = fleet.agent("n1", "eu");
        fleet.agent("n2", "us");
        fleet.deploy(web());
        String container = eu.containers().get(0).id();

        fleet.bus.cut("n1");
        fleet.run(60);
        assertThat(fleet.instances("web"))
                .extracting(Instance::state)
                .containsExactlyInAnyOrder(InstanceState.LOST, InstanceState.PENDING);
        fleet.bus.heal("n1");
        fleet.run(10);

        assertThat(fleet.instances("web")).singleElement().satisfies(i -> {
            assertThat(i.state()).isEqualTo(InstanceState.RUNNING);
            assertThat(i.reason()).isEqualTo("its node n1 is back");
        });
        assertThat(eu.containers())
                .singleElement()
                .satisfies(c -> assertThat(c.id()).isEqualTo(container));
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.RUNNING);
    }

    @Test
    void whatRunsElsewhereMeanwhileEndsThereWhereItWasLost() {
        FakeEngine first = fleet.agent("n1", "eu");
        fleet.deploy(web());
        FakeEngine second = fleet.agent("n2", "eu");

        fleet.bus.cut("n1");
        fleet.run(30);
        assertThat(second.containers()).hasSize(1);
        fleet.bus.heal("n1");
        fleet.run(10);

        assertThat(first.containers()).isEmpty();
        assertThat(second.containers()).hasSize(1);
        assertThat(fleet.instances("web")).hasSize(1);
    }

    @Test
    void whatIsUndeployedMeanwhileStaysVisibleUntilItsNodeIsBack() {
        FakeEngine eu = fleet.agent("n1", "eu");
        fleet.deploy(web());
        fleet.bus.cut("n1");
        fleet.run(30);

        DeploymentView answer = undeploy();
        assertThat(answer.status()).isEqualTo(DeploymentStatus.DELETING);
        fleet.run(60);
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.DELETING);
        assertThat(fleet.instances("web"))
                .singleElement()
                .satisfies(i -> assertThat(i.reason()).startsWith("undeployed; its node n1 is down: "));
        // which looks at everything anew
        fleet.restartServer();
        fleet.run(60);
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.DELETING);
        fleet.bus.heal("n1");
        fleet.run(10);

        assertThat(fleet.server.snapshot().deployments()).isEmpty();
        assertThat(eu.containers()).isEmpty();
    }

    @Test
    void whatIsUndeployedMeanwhileIsForgottenWithItsNode() {
        fleet.agent("n1", "eu");
        fleet.deploy(web());
        fleet.bus.cut("n1");
        fleet.run(30);
        undeploy();
        fleet.run(1);

        fleet.server.forgetNode("n1");
        fleet.run(1);

        assertThat(fleet.server.snapshot().deployments()).isEmpty();
    }

    private DeploymentView undeploy() {
        var answer = fleet.server.undeploy("web");
        fleet.run(1);
        return answer.result();
    }
}
