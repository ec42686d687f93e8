package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.core.agent.pull.OldImages;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that an agent has fetched go some hours after nothing used them any more, and no others. */
class OldImagesTest {
    private static final int HOUR = 3_600;

    private final SmallFleet fleet = new SmallFleet();
    private final FakeEngine engine = agent();

    private FakeEngine agent() {
        fleet.keepImages = Duration.ofHours(2);
        return fleet.agent("n1", "eu");
    }

    private void deploy(String name, String image) {
        fleet.deploy(
                DeploymentSpec.builder(name, image).pull(PullPolicy.MISSING).build());
        assertThat(engine.containers()).isNotEmpty();
    }

    private String pinned(String image) {
        return engine.containers().stream()
                .map(it -> engine.spec(it.id()).image())
                .filter(it -> it.startsWith(image + "@"))
                .findFirst()
                .orElseThrow();
    }

    private void undeploy(String name) {
        fleet.server.undeploy(name);
        fleet.run(30);
    }

    @Test
    @DisplayName("what runs keeps its image, however long; some time after its end it goes")
    void later() {
        deploy("shop", "shop:1");
        String image = pinned("shop:1");
        fleet.run(3 * HOUR);
        assertThat(engine.hasImage(image)).isTrue();
        undeploy("shop");
        // looks are ten minutes apart
        fleet.run(2 * HOUR - 1_500);
        assertThat(engine.hasImage(image)).as("for two hours").isTrue();
        fleet.run(3 * HOUR);
        assertThat(engine.hasImage(image)).isFalse();
        assertThat(engine.hasImage("shop:1")).isFalse();
    }

    @Test
    @DisplayName("what was there before stays, as does what somebody else's container is made of")
    void others() {
        deploy("web", "web:1");
        deploy("shop", "shop:1");
        deploy("mail", "mail:1");
        ContainerSpec mail = engine.spec(engine.containers().stream()
                .filter(it -> engine.spec(it.id()).image().startsWith("mail:1"))
                .findFirst()
                .orElseThrow()
                .id());
        List.of("web", "shop", "mail").forEach(this::undeploy);
        engine.runForeign(new ContainerSpec(
                "somebodys", "mail:1", mail.command(), mail.args(), mail.env(), Map.of(), List.of(), List.of()));
        fleet.run(6 * HOUR);
        assertThat(engine.hasImage("web:1")).as("there before").isTrue();
        assertThat(engine.hasImage("mail:1")).as("used by another").isTrue();
        assertThat(engine.hasImage("shop:1")).isFalse();
    }

    @Test
    @DisplayName("what was pushed stays, also where this agent had fetched what had its name before")
    void pushed(@TempDir Path folder) {
        EventQueue queue = new EventQueue(1);
        SimulatedLoop loop = new SimulatedLoop(queue);
        FakeEngine own = new FakeEngine("n1", loop)
                .withImage("docker.io/library/shop:1")
                .withImage("team/shop")
                .withImage("mail:1");
        OldImages old = new OldImages(loop, new FakeRuntime(own, loop), folder, Duration.ofHours(2));
        old.start();
        List.of("docker.io/library/shop:1", "team/shop", "mail:1").forEach(old::fetched);
        queue.runFor(Duration.ofHours(1));
        old.pushed("shop:1");
        old.pushed("team/shop:latest");
        queue.runFor(Duration.ofHours(5));
        assertThat(own.hasImage("docker.io/library/shop:1")).isTrue();
        assertThat(own.hasImage("team/shop")).isTrue();
        assertThat(own.hasImage("mail:1")).isFalse();
        old.stop();
    }

    @Test
    @DisplayName(
            "that of an init container stays while its instance does, though nothing is made of it, and goes after it")
    void parts() {
        fleet.deploy(DeploymentSpec.builder("shop", "shop:1")
                .initContainer(PartSpec.of("first", "tool:1", "exit 0"))
                .build());
        fleet.run(6 * HOUR);
        assertThat(engine.hasImage("tool:1")).isTrue();
        undeploy("shop");
        fleet.run(6 * HOUR);
        assertThat(engine.hasImage("tool:1")).isFalse();
    }

    @Test
    @DisplayName("an older revision's image goes, the present one's stays also while nothing is made of it")
    void revisions() {
        deploy("shop", "shop:1");
        String old = pinned("shop:1");
        engine.registryTags("shop:1", "sha256:" + "b".repeat(64));
        fleet.deploy(DeploymentSpec.builder("shop", "shop:1")
                .pull(PullPolicy.ALWAYS)
                .env("A", "1")
                .build());
        fleet.run(60);
        String present = pinned("shop:1");
        assertThat(present).isNotEqualTo(old);
        fleet.run(5 * HOUR);
        assertThat(engine.hasImage(old)).isFalse();
        assertThat(engine.hasImage(present)).isTrue();
    }

    @Test
    @DisplayName("it is remembered over restarts of the agent, and an engine that refuses is asked again")
    void restarted() {
        deploy("shop", "shop:1");
        String image = pinned("shop:1");
        undeploy("shop");
        fleet.restartAgent("n1");
        engine.script()
                .faults(call -> call == EngineCall.REMOVE
                        ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                        : EngineFault.NONE);
        fleet.run(5 * HOUR);
        assertThat(engine.hasImage(image)).isTrue();
        engine.script().faults(call -> EngineFault.NONE);
        fleet.run(HOUR);
        assertThat(engine.hasImage(image)).isFalse();
    }
}
