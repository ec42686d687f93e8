package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PartSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.core.wire.Features;
import io.knit.core.wire.Subjects;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeRuntime;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The engine has every image for its own platform alone, and its registry has it for each. */
class AgentPlatformsTest {
    private static final String MAIN = "linux/arm/v6";
    private static final String INIT = "linux/arm/v7";
    private static final String SIDECAR = "linux/arm/v8";

    private final AgentRig rig = new AgentRig(1);

    @BeforeEach
    void images() {
        rig.engine
                .withPlatform("linux", "arm64")
                .withImage("nginx:1")
                .withImage("tool:1")
                .withImage("ship:1");
        rig.joinedAgent();
    }

    private void order(DeploymentSpec spec) {
        rig.server.run("a", spec);
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private Optional<String> platform(String part) {
        return rig.engine.containers().stream()
                .filter(it -> it.labels().getOrDefault(KnitLabels.PART, "main").equals(part))
                .map(ContainerSnapshot::id)
                .map(id -> rig.engine.spec(id).process().platform())
                .findFirst();
    }

    private PulledImage pull(String image, PullPolicy policy, String platform) {
        Future<PulledImage> pulled = new FakeRuntime(rig.engine, new SimulatedLoop(rig.queue))
                .pull(new ImageRequest(image, policy, null, platform));
        rig.until(pulled::isComplete);
        return pulled.result();
    }

    @Test
    @DisplayName("an agent says that it knows of platforms where its runtime does")
    void told() {
        assertThat(rig.server.heartbeats().get(0).features())
                .isEqualTo(Features.ALL)
                .contains(Features.PLATFORM);

        AgentRig plain = new AgentRig(1);
        // by way of a runtime that says nothing of them
        plain.snapshotAge = Duration.ofMillis(1);
        plain.joinedAgent();
        assertThat(plain.server.heartbeats().get(0).features())
                .isEqualTo(Features.ALL.stream()
                        .filter(each -> !each.equals("platform"))
                        .toList());
    }

    @Test
    @DisplayName("each container is made for its own, of an image that is fetched for it")
    void each() {
        order(spec(it -> it.process(ProcessSpec.DEFAULT.on(MAIN))
                .initContainer(PartSpec.of("first", "tool:1", "exit 0").on(INIT))
                .sidecar(SidecarSpec.of("log", "ship:1", "sleep").on(SIDECAR))));
        rig.until(() -> platform("first").isPresent());
        assertThat(platform("first")).contains(INIT);
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(platform("main")).contains(MAIN);
        assertThat(platform("log")).contains(SIDECAR);
    }

    @Test
    @DisplayName("what is said of none takes what is there")
    void none() {
        rig.engine.setRegistryUp(false);
        order(spec(it -> it.sidecar(SidecarSpec.of("log", "ship:1", "sleep"))));
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(platform("main")).contains("");
        assertThat(platform("log")).contains("");
    }

    @Test
    @DisplayName("what is said of none does not take what was fetched for a neighbour's, unless there is no other")
    void besideANeighbour() {
        pull("nginx:1", PullPolicy.ALWAYS, MAIN);
        pull("ship:1", PullPolicy.ALWAYS, MAIN);
        assertThat(pull("ship:1", PullPolicy.NEVER, "").other()).isEqualTo(MAIN);
        order(spec(it -> it.sidecar(SidecarSpec.of("log", "ship:1", "sleep"))));
        rig.untilState("a", InstanceState.RUNNING);
        for (String image : List.of("nginx:1", "ship:1")) {
            assertThat(pull(image, PullPolicy.NEVER, "").other()).as(image).isEmpty();
        }
    }

    @Test
    @DisplayName("what was fetched for a neighbour's serves where its registry is away")
    void besideANeighbourWithoutARegistry() {
        pull("nginx:1", PullPolicy.ALWAYS, MAIN);
        rig.engine.setRegistryUp(false);
        order(spec(it -> it));
        rig.untilState("a", InstanceState.RUNNING);
    }

    @Test
    @DisplayName("what is there for another does not serve where its registry is away, and the status says so")
    void away() {
        rig.engine.setRegistryUp(false);
        order(spec(it -> it.process(ProcessSpec.DEFAULT.on(MAIN))));
        rig.untilReason("a", "nginx:1 is not on this node");
        rig.untilState("a", InstanceState.REJECTED);
    }

    @Test
    @DisplayName("a file is tried in a container for the main one's")
    void validated() {
        order(spec(it -> it.process(ProcessSpec.DEFAULT.on(MAIN))
                .template(new TemplateSpec("/etc/app.conf", "a").validatedBy(List.of("app", "exit 0")))));
        rig.until(() -> platform("validate.1").isPresent());
        assertThat(platform("validate.1")).contains(MAIN);
        rig.untilState("a", InstanceState.RUNNING);
    }
}
