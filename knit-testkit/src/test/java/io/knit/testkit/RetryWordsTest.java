package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.testkit.runtime.FakeEngine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What people read of an instance that is rejected again and again. */
class RetryWordsTest {
    private final SmallFleet fleet = new SmallFleet();

    private static void hold(FakeEngine engine, int port) {
        engine.runForeign(new ContainerSpec(
                "foreign",
                "other:1",
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of(new PortBinding("0.0.0.0", port, 80, Protocol.TCP)),
                List.of()));
    }

    private Instance only() {
        return fleet.instances("web").stream()
                .filter(i -> i.attempt() > 0)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theAdviceIsNotCut() {
        fleet.agent("n1", "eu");
        fleet.deploy(DeploymentSpec.builder("web", "web:1")
                .template("/etc/zone", "{{ node.labels.zone }}")
                .build());
        fleet.run(20);

        String said = fleet.messages("instance.rejected").get(0);
        String words = said.substring(said.indexOf(": ") + 2);
        assertThat(words).contains("| default(");
        assertThat(only().reason()).contains(words);
        assertThat(only().reason().indexOf(words)).isEqualTo(only().reason().lastIndexOf(words));
    }

    @Test
    void aRetryMakesOneEvent() {
        hold(fleet.agent("n1", "eu"), 8080);
        fleet.deploy(DeploymentSpec.builder("web", "web:1")
                .port(new PortSpec(null, 8080, 80, Protocol.TCP))
                .build());
        fleet.run(55);

        int rejected = fleet.messages("instance.rejected").size();
        assertThat(rejected).isGreaterThanOrEqualTo(5);
        List<String> types = fleet.events.stream()
                .map(KnitEvent::type)
                .filter(type -> type.startsWith("instance."))
                .toList();
        // the first try tells its steps
        assertThat(types.size() - rejected).as("%s", types).isLessThanOrEqualTo(4);
        assertThat(types.stream().filter("instance.pending"::equals)).hasSizeLessThanOrEqualTo(1);
    }
}
