package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.SidecarSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ImageDisk;
import io.knit.core.agent.failed.KeptFailed;
import io.knit.core.agent.image.OldImages;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.image.ImageHere;
import io.knit.core.wire.image.ImagesAsked;
import io.knit.core.wire.image.ImagesHere;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that an agent has fetched go some hours after nothing used them any more, and no others. */
class OldImagesTest {
    private static final int HOUR = 3_600;
    private static final AssignmentSet NO_ORDERS = AssignmentSet.of(1, List.of());

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
    @DisplayName("an agent that was started again goes by the orders that it had: what they do not name goes")
    void startedAgain() {
        deploy("shop", "shop:1");
        fleet.deploy(DeploymentSpec.builder("mail", "mail:1")
                .pull(PullPolicy.MISSING)
                .build());
        undeploy("mail");
        assertThat(engine.hasImage("mail:1")).isTrue();
        fleet.restartAgent("n1");
        fleet.run(6 * HOUR);
        assertThat(engine.hasImage("mail:1")).isFalse();
        assertThat(engine.hasImage("shop:1")).isTrue();
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
        OldImages old = new OldImages(loop, new FakeRuntime(own, loop), folder, Duration.ofHours(2), none(loop));
        old.adopt(NO_ORDERS);
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
            "that of an init container stays while its instance does, though nothing is made of it, as that of a sidecar does, and goes after it")
    void parts() {
        fleet.deploy(DeploymentSpec.builder("shop", "shop:1")
                .initContainer(PartSpec.of("first", "tool:1", "exit 0"))
                .sidecar(SidecarSpec.of("log", "ship:1", "exit 1"))
                .build());
        fleet.run(6 * HOUR);
        assertThat(engine.hasImage("tool:1")).isTrue();
        assertThat(engine.hasImage("ship:1")).isTrue();
        fleet.restartAgent("n1");
        fleet.run(6 * HOUR);
        assertThat(engine.hasImage("tool:1"))
                .as("after its agent was started again, with the same orders")
                .isTrue();
        assertThat(engine.hasImage("ship:1")).isTrue();
        undeploy("shop");
        fleet.run(6 * HOUR);
        assertThat(engine.hasImage("tool:1")).isFalse();
        assertThat(engine.hasImage("ship:1")).isFalse();
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

    /** An agent's images alone, over an engine that has these. */
    private static final class Alone {
        final EventQueue queue = new EventQueue(1);
        final SimulatedLoop loop = new SimulatedLoop(queue);
        final FakeEngine engine = new FakeEngine("n1", loop);
        final OldImages images;

        Alone(Path folder, Duration keep, String... present) {
            Stream.of(present).forEach(engine::withImage);
            images = new OldImages(loop, new FakeRuntime(engine, loop), folder, keep, none(loop));
            images.adopt(NO_ORDERS);
            images.start();
            queue.runFor(Duration.ofSeconds(1));
        }

        void runs(String image) {
            engine.runForeign(new ContainerSpec(
                    "somebodys", image, List.of(), List.of(), Map.of(), Map.of(), List.of(), List.of()));
        }

        ImagesHere ask(boolean remove, boolean pushed, boolean dryRun) {
            Future<ImagesHere> answer = images.answer(new ImagesAsked(remove, pushed, dryRun));
            queue.runFor(Duration.ofSeconds(10));
            assertThat(answer.succeeded())
                    .as(() -> String.valueOf(answer.cause()))
                    .isTrue();
            return answer.result();
        }

        /** {@code shop:1 pulled}, with the state if there is one. */
        List<String> words(ImagesHere here) {
            return here.images().stream()
                    .map(image -> (tag(image) + " " + image.origin() + " " + image.state()).strip())
                    .toList();
        }

        private static String tag(ImageHere image) {
            return image.names().stream()
                    .filter(name -> !name.contains("@"))
                    .findFirst()
                    .orElse(image.names().get(0));
        }
    }

    private static void fill(Alone alone, int... percents) {
        Iterator<Integer> each = IntStream.of(percents).iterator();
        int[] last = {0};
        alone.engine.imagesOn(() -> {
            last[0] = each.hasNext() ? each.next() : last[0];
            return new ImageDisk(100, 100 - last[0]);
        });
    }

    @Test
    @DisplayName(
            "where the disk is full, what was longest unused goes first, until there is room, and nothing else does")
    void full(@TempDir Path folder) {
        Alone alone = new Alone(folder, Duration.ofHours(24), "a:1", "b:1", "c:1", "d:1", "mine:1", "pushed:1");
        for (String image : List.of("c:1", "a:1", "b:1", "d:1")) {
            alone.images.fetched(image);
            alone.queue.runFor(Duration.ofMinutes(3));
        }
        alone.images.pushed("pushed:1");
        alone.runs("d:1");
        fill(alone, 85, 84, 79);
        alone.queue.runFor(Duration.ofMinutes(20));
        assertThat(alone.engine.hasImage("c:1")).as("the first").isFalse();
        assertThat(alone.engine.hasImage("a:1")).as("the next").isFalse();
        assertThat(List.of("b:1", "d:1", "mine:1", "pushed:1")).allMatch(alone.engine::hasImage);
        fill(alone, 99);
        alone.queue.runFor(Duration.ofMinutes(11));
        assertThat(alone.engine.hasImage("b:1")).isFalse();
        assertThat(List.of("d:1", "mine:1", "pushed:1")).allMatch(alone.engine::hasImage);
    }

    @Test
    @DisplayName("a disk that is not full, one of which nothing is known, and who keeps images for ever: nothing goes")
    void roomy(@TempDir Path folder) {
        Alone roomy = new Alone(folder.resolve("1"), Duration.ofHours(24), "a:1");
        Alone unknown = new Alone(folder.resolve("2"), Duration.ofHours(24), "a:1");
        Alone ever = new Alone(folder.resolve("3"), Duration.ZERO, "a:1");
        fill(roomy, 84);
        fill(ever, 99);
        for (Alone alone : List.of(roomy, unknown, ever)) {
            alone.images.fetched("a:1");
            alone.queue.runFor(Duration.ofHours(3));
            assertThat(alone.engine.hasImage("a:1")).isTrue();
        }
    }

    @Test
    @DisplayName(
            "a list has all, with what each is; prune takes what was fetched and nothing uses, with pushed what was pushed")
    void pruned(@TempDir Path folder) {
        Alone alone = new Alone(folder, Duration.ofHours(24), "a:1", "busy:1", "mine:1", "pushed:1", "late:1");
        List.of("a:1", "busy:1", "docker.io/library/late:1").forEach(alone.images::fetched);
        alone.images.pushed("pushed:1");
        alone.runs("busy:1");
        assertThat(alone.words(alone.ask(false, false, false)))
                .containsExactlyInAnyOrder(
                        "a:1 pulled", "busy:1 pulled", "mine:1 other", "pushed:1 pushed", "late:1 pulled");
        assertThat(alone.words(alone.ask(true, false, true)))
                .containsExactlyInAnyOrder("a:1 pulled unused", "late:1 pulled unused");
        assertThat(alone.engine.hasImage("a:1")).as("said alone").isTrue();
        assertThat(alone.words(alone.ask(true, true, true))).contains("pushed:1 pushed unused");
        assertThat(alone.words(alone.ask(true, false, false))).contains("a:1 pulled removed");
        assertThat(alone.engine.hasImage("a:1")).isFalse();
        assertThat(List.of("busy:1", "mine:1", "pushed:1")).allMatch(alone.engine::hasImage);
        // it is remembered over a start
        OldImages again = new OldImages(
                alone.loop, new FakeRuntime(alone.engine, alone.loop), folder, Duration.ofHours(24), none(alone.loop));
        again.start();
        alone.queue.runFor(Duration.ofSeconds(1));
        Future<ImagesHere> early = again.answer(new ImagesAsked(true, true, false));
        alone.queue.runFor(Duration.ofSeconds(10));
        assertThat(early.result().images())
                .as("before any server said what is wanted")
                .isEmpty();
        again.adopt(NO_ORDERS);
        Future<ImagesHere> rest = again.answer(new ImagesAsked(true, true, false));
        alone.queue.runFor(Duration.ofSeconds(10));
        assertThat(alone.words(rest.result())).containsExactly("pushed:1 pushed removed");
        assertThat(alone.engine.hasImage("pushed:1")).isFalse();
        assertThat(List.of("busy:1", "mine:1")).allMatch(alone.engine::hasImage);
    }

    @Test
    @DisplayName(
            "a tag that somebody has given to an image of his own is none that the agent brought, whatever becomes of what it had")
    void retagged(@TempDir Path folder) {
        Alone alone = new Alone(folder, Duration.ofHours(1));
        String pinned = "shop:1@sha256:" + "a".repeat(64);
        alone.engine.withImage("shop:1", "sha256:" + "a".repeat(64));
        alone.images.fetched("shop:1");
        alone.images.fetched(pinned);
        alone.engine.withImage("shop:1", "sha256:" + "b".repeat(64));
        assertThat(alone.words(alone.ask(true, false, false)))
                .hasSize(1)
                .first()
                .asString()
                .endsWith("removed");
        assertThat(alone.engine.hasImage(pinned)).isFalse();
        alone.queue.runFor(Duration.ofHours(3));
        assertThat(alone.words(alone.ask(true, true, false))).isEmpty();
        assertThat(alone.engine.hasImage("shop:1")).isTrue();
    }

    private static KeptFailed none(SimulatedLoop loop) {
        return new KeptFailed(loop, Duration.ZERO, deployments -> {}, () -> {});
    }
}
