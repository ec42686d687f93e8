package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PartSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.SidecarSpec;
import io.knit.api.spi.runtime.KnitLabels;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What has a platform, from end to end on a real engine. */
class DockerPlatformPlacedTest extends EngineServerTest {
    private static final String OWN = "linux/" + TestImage.CPU;
    private static final String OTHER = "linux/" + TestImage.OTHER_CPU;

    DockerPlatformPlacedTest() {
        super("plat");
    }

    private Instance only() {
        return server.snapshot().deployment(name).orElseThrow().instances().get(0);
    }

    private List<Container> containers() {
        return engine.client
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(KnitLabels.CLUSTER, server.snapshot().cluster()))
                .exec();
    }

    private String archOf(Container container) {
        return String.valueOf(
                engine.client.inspectImageCmd(container.getImageId()).exec().getArch());
    }

    @Test
    @DisplayName(
            "of a list each container has the image for its platform, also where the node has the other by that name;"
                    + " a node of another platform is refused in words")
    void placed() throws IOException {
        try (FakeRegistry registry = new FakeRegistry(TestImage.busybox(), TestImage.mislabelled())) {
            String image = registry.image(name, "1");
            try {
                engine.client.pullImageCmd(image).withPlatform(OTHER).start().awaitCompletion();
                await(agent.start());
                List<String> sleeps = List.of("busybox", "sleep", "1000");
                await(server.deploy(DeploymentSpec.builder(name, image)
                        .pull(PullPolicy.MISSING)
                        .command(sleeps)
                        .process(ProcessSpec.DEFAULT.on(OWN))
                        .initContainer(
                                PartSpec.of("first", image, "busybox", "true").on(OWN))
                        .sidecar(SidecarSpec.of("beside", image, "busybox", "sleep", "1000")
                                .on(OWN))
                        .build()));
                until(() -> only().state() == InstanceState.RUNNING && running() == 2);
                assertThat(containers())
                        .hasSizeGreaterThanOrEqualTo(2)
                        .allSatisfy(container -> assertThat(archOf(container)).isEqualTo(TestImage.CPU));

                await(server.deploy(DeploymentSpec.builder(name + "-other", image)
                        .command(sleeps)
                        .process(ProcessSpec.DEFAULT.on(OTHER))
                        .build()));
                until(() -> server.snapshot()
                        .deployment(name + "-other")
                        .orElseThrow()
                        .instances()
                        .get(0)
                        .reason()
                        .contains("n1 is " + OWN + ", and platform wants " + OTHER));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                server.snapshot().deployments().forEach(it -> await(server.undeploy(it.name())));
                until(() -> server.snapshot().deployments().isEmpty());
                engine.removeImagesOf(image);
            }
        }
    }
}
