package io.knit.testkit.fleet;

import static io.knit.testkit.fleet.FleetAssertions.assertThat;
import static io.knit.testkit.fleet.FleetAssertions.label;
import static io.knit.testkit.fleet.FleetAssertions.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.NodeState;
import io.knit.core.KnitServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The extension as its users use it, on virtual time. */
@KnitFleet(
        agents = 3,
        labels = {"region=eu, disk=ssd", "region=us"})
@Execution(ExecutionMode.CONCURRENT)
class KnitFleetTest {
    private static final DeploymentSpec WEB = DeploymentSpec.builder("web", "nginx:1")
            .nodeSelector("region", "eu")
            .replicas(2)
            .build();
    private static final DeploymentSpec NOWHERE = DeploymentSpec.builder("moon", "nginx:1")
            .nodeSelector("region", "moon")
            .build();

    @BeforeEach
    void nothingIsLeftOfAnotherTest(KnitServer server) {
        assertThat(server.snapshot().deployments()).isEmpty();
    }

    @Test
    void theNodesAreAsTheAnnotationSays(KnitServer server, TestFleet fleet) {
        assertThat(server).isSameAs(fleet.server());
        assertThat(server.snapshot().nodes())
                .extracting(each -> each.id() + " " + each.labels())
                .containsExactly(
                        "node-0 {disk=ssd, name=node-0, region=eu}",
                        "node-1 {name=node-1, region=us}",
                        "node-2 {name=node-2}");
        assertThat(fleet.api()).isEmpty();
    }

    @Test
    void aPlanSaysWhereAndTheFleetDoesIt(TestFleet fleet) {
        assertThat(fleet).plan(WEB).places("web").on(label("region", "eu")).on(node("node-0"));
        assertThat(fleet.server().deployment("web")).isEmpty();

        fleet.deploy(WEB);

        assertThat(fleet).deployment("web").isRunning().hasRunning(2).runsOn(label("disk", "ssd"));
        assertThat(fleet.containers("node-0")).hasSize(2);
        fleet.undeploy("web");
        assertThat(fleet).deployment("web").isGone();
        assertThat(fleet.containers("node-0")).isEmpty();
    }

    @Test
    void whatFitsNowhereSaysWhy(TestFleet fleet) {
        assertThat(fleet).plan(NOWHERE).places("moon").nowhere("region=moon");
        fleet.deploy(NOWHERE);

        assertThat(fleet).deployment("moon").hasStatus(DeploymentStatus.PENDING).waitsBecause("region=moon");
    }

    @Test
    void aFailureSaysWhatIsAndWhy(TestFleet fleet) {
        fleet.deploy(NOWHERE);
        fleet.deploy(WEB);
        assertThat(fleet).deployment("web").isRunning();

        assertThatThrownBy(() -> assertThat(fleet).deployment("moon").isRunning())
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("Expected moon to be RUNNING, but it is PENDING for as long as was waited")
                .hasMessageContaining("moon-0-")
                .hasMessageContaining("is pending: no node fits (3 nodes looked at)");
        assertThatThrownBy(() -> assertThat(fleet).deployment("web").hasRunning(3))
                .hasMessageContaining("Expected 3 instances of web to run, but 2 do")
                .hasMessageContaining("is running on node-0");
        assertThatThrownBy(() -> assertThat(fleet).deployment("web").runsOn(label("region", "us")))
                .hasMessageContaining("a node with the label region=us, but [web-0-");
        assertThatThrownBy(() -> assertThat(fleet).deployment("web").waitsBecause("any"))
                .hasMessageContaining("to wait because \"any\"");
        assertThatThrownBy(() -> assertThat(fleet).deployment("web").hasStatus(DeploymentStatus.FAILED))
                .hasMessageContaining("Expected web to be FAILED, but it is RUNNING");
        assertThatThrownBy(() -> assertThat(fleet).deployment("wbe").hasRunning(1))
                .hasMessage("There is no deployment wbe; there are [moon, web]");
    }

    @Test
    void aFailedPlanSaysWhereAndWhy(TestFleet fleet) {
        assertThatThrownBy(() -> assertThat(fleet).plan(WEB).places("web").on(label("region", "us")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(
                        "Expected every slot of web on a node with the label region=us, but slot 0 would be"
                                + " on node-0 {disk=ssd, name=node-0, region=eu} (the only node that fits;"
                                + " node-1 has region=us, not region=eu; node-2 lacks the label region=eu)");
        assertThatThrownBy(() -> assertThat(fleet).plan(NOWHERE).places("moon").on(label("region", "us")))
                .hasMessageContaining("slot 0 would be nowhere (")
                .hasMessageContaining("lacks the label region=moon");
        assertThatThrownBy(() -> assertThat(fleet).plan(WEB).places("web").nowhere("no room"))
                .hasMessageContaining("Expected slot 0 of web nowhere");
        assertThatThrownBy(() -> assertThat(fleet).plan(WEB).places("other"))
                .hasMessageContaining("has no slot of other");
    }

    @Test
    void anHourPassesAtOnce(TestFleet fleet) {
        fleet.deploy(DeploymentSpec.builder("web", "nginx:1").replicas(3).build());
        assertThat(fleet).deployment("web").isRunning();

        fleet.stopAgent("node-1");
        fleet.runFor(Duration.ofHours(1));

        assertThat(fleet.server().node("node-1").orElseThrow().state()).isEqualTo(NodeState.DOWN);
        assertThat(fleet).deployment("web").isRunning();
        assertThat(fleet.containers("node-0").size()
                        + fleet.containers("node-2").size())
                .isEqualTo(3);
    }

    @Test
    @KnitFleet(agents = 1)
    void theTestsOwnAnnotationWins(TestFleet fleet) {
        assertThat(fleet.server().snapshot().nodes()).hasSize(1);
    }

    @KnitFleet(agents = 101)
    private static final class TooMany {}

    @KnitFleet(
            agents = 1,
            labels = {"a=b", "c=d"})
    private static final class MoreLabelsThanNodes {}

    @KnitFleet(labels = "region")
    private static final class NoLabel {}

    @KnitFleet(runtime = KnitFleet.Runtime.DOCKER)
    private static final class DockerInVirtualTime {}

    @Test
    void whatCanNotBeIsRefusedInWords() {
        Map.of(
                        TooMany.class, "agents = 101; give 0 to 100 in @KnitFleet",
                        MoreLabelsThanNodes.class, "there are labels for 2 nodes, and agents = 1",
                        NoLabel.class, "\"region\" is no label; give key=value, and several with commas, in @KnitFleet",
                        DockerInVirtualTime.class, "Docker knows no virtual time: say time = REAL in @KnitFleet")
                .forEach((type, words) -> assertThatThrownBy(
                                () -> KnitFleetExtension.fleet(type.getAnnotation(KnitFleet.class)))
                        .isInstanceOf(ExtensionConfigurationException.class)
                        .hasMessage(words));
    }

    @Nested
    class Inside {
        @Test
        void aNestedClassHasWhatIsAroundIt(TestFleet fleet) {
            assertThat(fleet.server().snapshot().nodes()).hasSize(3);
        }
    }
}
