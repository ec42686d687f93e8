package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.SidecarSpec;
import io.knit.core.server.state.WaitWords;
import io.knit.core.spec.SpecTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What has a platform goes to nodes of it, and waits in words until there is one. */
class PlatformPlacementTest {
    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});

    private static Node of(String id, String arch) {
        Node plain = node(id, Map.of());
        NodeFacts facts = plain.facts();
        return plain.with(new NodeFacts(
                facts.hostname(),
                facts.labels(),
                facts.capacity(),
                facts.engineVersion(),
                facts.agentVersion(),
                facts.meshIp(),
                facts.meshKey(),
                facts.condition(),
                SpecTable.features(),
                arch.isEmpty() ? "" : "linux",
                arch,
                facts.reserve(),
                facts.allows()));
    }

    private static DeploymentSpecBuilder spec(String image) {
        return DeploymentSpec.builder("web", image);
    }

    private static DeploymentSpecBuilder spec(String image, String platform) {
        return spec(image).process(ProcessSpec.DEFAULT.on(platform));
    }

    private void deploy(DeploymentSpecBuilder spec) {
        cluster.run(new Command.Deploy(spec.build(), null));
        cluster.settle();
    }

    private List<Instance> running() {
        return cluster.instances("web").stream()
                .filter(it -> it.state() == InstanceState.RUNNING)
                .toList();
    }

    private String waiting() {
        Instance one = cluster.instances("web").stream()
                .filter(it -> it.state() == InstanceState.PENDING)
                .findFirst()
                .orElseThrow();
        return WaitWords.whole(one, cluster.state().waitsOf("web")).reason();
    }

    @Test
    void itGoesToNodesOfIt() {
        cluster.join(of("n1", "amd64"));
        cluster.join(of("n2", "arm64"));
        cluster.join(of("n3", ""));
        deploy(spec("web:1", "linux/arm64").replicas(3));
        assertThat(running()).hasSize(3).extracting(Instance::node).containsOnly("n2");
    }

    @Test
    void oneInEachNodeIsInThoseOfIt() {
        cluster.join(of("n1", "amd64"));
        cluster.join(of("n2", "arm64"));
        cluster.join(of("n3", "arm64"));
        deploy(spec("web:1", "linux/arm64/v8").mode(Mode.GLOBAL));
        assertThat(cluster.instances("web")).extracting(Instance::node).containsExactlyInAnyOrder("n2", "n3");

        deploy(spec("web:1", "linux/amd64").mode(Mode.GLOBAL));
        assertThat(running()).extracting(Instance::node).containsExactly("n1");
    }

    @Test
    void anotherPlatformIsAnotherContainerOnAnotherNode() {
        cluster.join(of("n1", "amd64"));
        cluster.join(of("n2", "arm64"));
        deploy(spec("web:1", "linux/arm64"));
        String before = running().get(0).id();
        deploy(spec("web:1", "linux/amd64"));
        assertThat(running()).singleElement().satisfies(it -> {
            assertThat(it.id()).isNotEqualTo(before);
            assertThat(it.node()).isEqualTo("n1");
        });
    }

    @Test
    void itWaitsInWordsUntilThereIsANodeOfIt() {
        cluster.join(of("n1", "amd64"));
        cluster.join(of("n2", ""));
        deploy(spec("web:1", "linux/arm64"));
        assertThat(waiting())
                .contains("n1 is linux/amd64, and platform wants linux/arm64")
                .contains("n2 has not told its platform, and platform wants linux/arm64");

        cluster.join(of("n3", "arm64"));
        cluster.settle();
        assertThat(running()).extracting(Instance::node).containsExactly("n3");
    }

    @Test
    void aNodeMustBeOfThatOfEachContainer() {
        cluster.join(of("n1", "amd64"));
        deploy(spec("web:1").sidecar(SidecarSpec.of("log", "ship:1").on("linux/arm64")));
        assertThat(waiting()).contains("n1 is linux/amd64, and platform wants linux/arm64");
    }
}
