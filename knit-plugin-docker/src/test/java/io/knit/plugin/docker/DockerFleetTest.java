package io.knit.plugin.docker;

import static io.knit.testkit.fleet.FleetAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.VolumeSpec;
import io.knit.testkit.fleet.KnitFleet;
import io.knit.testkit.fleet.TestFleet;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code @KnitFleet} on a real engine: what runs there is Docker's, and nothing of it is left. */
@RequiresDocker
class DockerFleetTest {
    private static final String MINE = "io.knit.test";

    private static final String VOLUME = "of-a-test-fleet";

    private static TestEngine engine;

    @org.junit.jupiter.api.BeforeAll
    static void open() throws IOException {
        engine = new TestEngine();
    }

    /** After the fleets of the tests are closed. */
    @org.junit.jupiter.api.AfterAll
    static void nothingIsLeft() {
        try {
            assertThat(containers()).isEmpty();
            assertThat(engine.client.listVolumesCmd().exec().getVolumes())
                    .noneMatch(volume -> volume.getName().contains(VOLUME));
        } finally {
            engine.close();
        }
    }

    private static List<Container> containers() {
        return engine.client
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(MINE, engine.cluster))
                .exec();
    }

    @Test
    @KnitFleet(runtime = KnitFleet.Runtime.DOCKER, time = KnitFleet.Time.REAL)
    void isLeftWithAnAgentAway(TestFleet fleet) {
        for (String name : List.of("gone", "kept")) {
            fleet.deploy(DeploymentSpec.builder(name, engine.image)
                    .pull(PullPolicy.NEVER)
                    .command(List.of("/bin/busybox", "sleep", "1000"))
                    .label(MINE, engine.cluster)
                    .volume(VolumeSpec.named(VOLUME, "/data"))
                    .build());
            assertThat(fleet).deployment(name).isRunning();
        }
        fleet.undeploy("gone");
        fleet.stopAgent("node-0");
        assertThat(containers()).isNotEmpty();
    }

    @Test
    @KnitFleet(agents = 2, runtime = KnitFleet.Runtime.DOCKER, time = KnitFleet.Time.REAL)
    void runsOnDocker(TestFleet fleet) {
        fleet.deploy(DeploymentSpec.builder("web", engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of("/bin/busybox", "sleep", "1000"))
                .label(MINE, engine.cluster)
                .replicas(2)
                .build());

        assertThat(fleet).deployment("web").isRunning().hasRunning(2);
        assertThat(containers())
                .hasSize(2)
                .allMatch(container -> container.getState().equals("running"));
    }
}
