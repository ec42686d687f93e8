package io.knit.testkit.fleet;

import static io.knit.testkit.fleet.FleetAssertions.assertThat;
import static io.knit.testkit.fleet.FleetAssertions.label;

import io.knit.api.model.DeploymentSpec;
import org.junit.jupiter.api.Test;

// the example of the Javadoc and of docs/testing.md, word by word
@KnitFleet(
        agents = 3,
        labels = {"region=eu", "region=us"})
class WebTest {
    @Test
    void runsInTheUnion(TestFleet fleet) {
        DeploymentSpec web = DeploymentSpec.builder("web", "nginx:1")
                .nodeSelector("region", "eu")
                .build();
        assertThat(fleet).plan(web).places("web").on(label("region", "eu"));

        fleet.deploy(web);

        assertThat(fleet).deployment("web").isRunning();
    }
}
