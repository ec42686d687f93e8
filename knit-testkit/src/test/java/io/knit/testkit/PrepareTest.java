package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preparation;
import io.knit.api.model.Protocol;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.testkit.runtime.FakeEngine;
import org.junit.jupiter.api.Test;

/** A revision that can't be had changes nothing: the node fetches the image before what runs is stopped. */
class PrepareTest {
    private final SmallFleet fleet = new SmallFleet();

    private static DeploymentSpec web(String image) {
        return DeploymentSpec.builder("web", image)
                .port(80)
                .update(Update.DEFAULT.withOrder(UpdateOrder.STOP_FIRST))
                .build();
    }

    private Instance newest() {
        return fleet.instances("web").stream()
                .max((a, b) -> Integer.compare(a.revision(), b.revision()))
                .orElseThrow();
    }

    private static String only(FakeEngine engine) {
        assertThat(engine.containers()).hasSize(1);
        return engine.containers().get(0).id();
    }

    @Test
    void anImageThatIsNotToBeHadLeavesTheOnlyContainerAlone() {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web("web:1"));
        String container = only(engine);
        engine.setRegistryUp(false);

        fleet.deploy(web("web:typo"));
        fleet.run(120);

        assertThat(only(engine)).isEqualTo(container);
        assertThat(fleet.instances("web"))
                .extracting(Instance::state)
                .containsExactlyInAnyOrder(InstanceState.RUNNING, InstanceState.PENDING);
        assertThat(newest().reason())
                .startsWith("n1 could not prepare it: ")
                .contains("web:typo is not on this node")
                .contains(" of revision 1 runs on");
        assertThat(fleet.view("web").status()).isIn(DeploymentStatus.PENDING, DeploymentStatus.DEPLOYING);

        fleet.deploy(web("web:2"));
        fleet.run(10);
        assertThat(only(engine)).isNotEqualTo(container);
        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(newest().revision()).isEqualTo(3);
    }

    @Test
    void itIsTriedAgainUntilTheImageIsThere() {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(web("web:1"));
        engine.setRegistryUp(false);
        fleet.deploy(web("web:9"));
        fleet.run(60);
        fleet.restartServer();
        fleet.run(60);
        assertThat(newest().state()).isEqualTo(InstanceState.PENDING);
        engine.setRegistryUp(true);
        fleet.run(70);

        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(fleet.instances("web")).hasSize(1);
    }

    @Test
    void anotherNodeThatFitsPreparesIt() {
        FakeEngine first = fleet.agent("n1", "eu");
        fleet.deploy(web("web:1"));
        FakeEngine second = fleet.agent("n2", "eu");
        first.setRegistryUp(false);
        fleet.deploy(web("web:9"));
        fleet.run(15);

        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(newest().node()).isEqualTo("n2");
        assertThat(first.containers()).isEmpty();
        assertThat(second.containers()).hasSize(1);
    }

    @Test
    void aNodeThatIsLostWhileItPreparesIsReplacedByAnother() {
        FakeEngine first = fleet.agent("n1", "eu");
        fleet.deploy(web("web:1"));
        String container = only(first);
        FakeEngine second = fleet.agent("n2", "eu");
        second.script().hang(true);
        first.setRegistryUp(false);
        fleet.deploy(web("web:9"));
        first.setRegistryUp(true);
        // n1 could not have it, so n2 was asked, which never answers
        assertThat(newest().preparation()).isEqualTo(new Preparation("n2", false, true));
        fleet.bus.cut("n2");
        fleet.run(40);

        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(newest().node()).isEqualTo("n1");
        assertThat(only(first)).isNotEqualTo(container);
    }

    @Test
    void whatTheOldOneHoldsIsFreeForTheOneThatReplacesIt() {
        FakeEngine engine = fleet.agent("n1", "eu");
        fleet.deploy(fixedPort("web:1"));
        String container = only(engine);
        fleet.deploy(fixedPort("web:2"));
        fleet.run(10);

        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(only(engine)).isNotEqualTo(container);
    }

    private static DeploymentSpec fixedPort(String image) {
        return DeploymentSpec.builder("web", image)
                .port(new PortSpec("0.0.0.0", 8080, 80, Protocol.TCP))
                .build();
    }
}
