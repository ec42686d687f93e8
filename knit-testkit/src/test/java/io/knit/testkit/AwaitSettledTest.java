package io.knit.testkit;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.JobSpec;
import io.knit.api.model.OnFailure;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Settled;
import io.knit.api.model.Update;
import io.knit.testkit.runtime.FakeCheck;
import io.knit.testkit.runtime.FakeEngine;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who embeds a server waits for a change as who asks over HTTP does: by the same judgement. */
class AwaitSettledTest {
    private static final Duration FAR = Duration.ofHours(1);
    private static final Update FAST = Update.DEFAULT
            .withMinHealthy(Duration.ofSeconds(20))
            .withDeadlines(Duration.ofSeconds(30), Duration.ofMinutes(5));

    private final SmallFleet fleet = new SmallFleet();
    private FakeEngine first;

    @BeforeEach
    void oneNode() {
        first = fleet.agent("n1", "eu");
        first.script().checks(labels -> FakeCheck.PASSES);
    }

    private static DeploymentSpec web(String image, Update update) {
        return web(image, update, 2);
    }

    private static DeploymentSpec web(String image, Update update, int replicas) {
        return DeploymentSpec.builder("web", image)
                .replicas(replicas)
                .health(HealthSpec.of(List.of("look")))
                .update(update)
                .build();
    }

    private void healthy(Update update) {
        fleet.deploy(web("web:1", update));
        fleet.run(60);
        assertThat(fleet.view("web").deployment().rollout().phase()).isEqualTo(Phase.DONE);
    }

    private void secondIsBroken() {
        first.script().checks(labels -> "2".equals(labels.get("knit.revision")) ? FakeCheck.FAILS : FakeCheck.PASSES);
    }

    private Future<DeploymentView> deployed(DeploymentSpec spec) {
        return settled(fleet.server.deploy(spec));
    }

    private Future<DeploymentView> settled(Future<DeploymentView> made) {
        return made.compose(it -> fleet.server.awaitSettled(it, FAR));
    }

    private static void hasFailed(Future<DeploymentView> waiting, ErrorCode code, String words) {
        assertThat(waiting.failed()).isTrue();
        assertThat(waiting.cause())
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("deployment \"web\" has not settled: ")
                .hasMessageContaining(words);
    }

    @Test
    @DisplayName(
            "what runs has not settled while it may yet go back: min_healthy is waited for, and what is replaced goes")
    void good() {
        healthy(FAST);
        Future<DeploymentView> waiting = deployed(web("web:2", FAST));
        fleet.run(38);
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.RUNNING);
        assertThat(waiting.isComplete()).isFalse();
        fleet.run(60);
        assertThat(waiting.result().deployment().rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(waiting.result().instances()).allMatch(it -> it.revision() == 2);
    }

    @Test
    @DisplayName("an update that went back did not settle, though all runs again")
    void wentBack() {
        healthy(FAST);
        secondIsBroken();
        Future<DeploymentView> waiting = deployed(web("web:2", FAST));
        fleet.run(5);
        assertThat(waiting.isComplete()).isFalse();
        fleet.run(180);
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.RUNNING);
        hasFailed(waiting, ErrorCode.RUNTIME_REFUSED, "revision 2 failed: web-0-");
        hasFailed(waiting, ErrorCode.RUNTIME_REFUSED, "went back to revision 1");
    }

    @Test
    @DisplayName("the same for who asks later")
    void asksLater() {
        healthy(FAST);
        secondIsBroken();
        Future<DeploymentView> made = fleet.server.deploy(web("web:2", FAST));
        fleet.run(1);
        assertThat(fleet.server.settled(made.result()).over()).isFalse();
        fleet.run(180);
        Settled settled = fleet.server.settled(made.result());
        assertThat(settled.over()).isTrue();
        assertThat(settled.isAsWished()).isFalse();
        hasFailed(fleet.server.awaitSettled(made.result(), FAR), ErrorCode.RUNTIME_REFUSED, "went back to revision 1");
    }

    @Test
    @DisplayName("a rollout that stopped is not waited for")
    void stopped() {
        Update stops = FAST.withFailures(OnFailure.PAUSE, 0);
        healthy(stops);
        secondIsBroken();
        Future<DeploymentView> waiting = deployed(web("web:2", stops));
        fleet.run(180);
        hasFailed(waiting, ErrorCode.RUNTIME_REFUSED, "revision 2 failed: web-0-");
    }

    @Test
    @DisplayName("where people are waited for, nobody waits for the rollout's end")
    void people() {
        Update tries = FAST.withCanary(1, false);
        healthy(tries);
        Future<DeploymentView> waiting = deployed(web("web:2", tries));
        fleet.run(60);
        hasFailed(waiting, ErrorCode.IN_USE, "1 canary is healthy; the others wait until it is promoted");
        Future<DeploymentView> promoted = settled(fleet.server.promote("web"));
        fleet.run(60);
        assertThat(promoted.succeeded()).isTrue();

        fleet.server.pause("web");
        Future<DeploymentView> paused = deployed(web("web:1", tries));
        fleet.run(1);
        hasFailed(paused, ErrorCode.IN_USE, "it is paused: nothing is replaced until it is resumed");
    }

    @Test
    @DisplayName("a job that is paused begins nothing, and is not waited for")
    void pausedJob() {
        DeploymentSpec job =
                DeploymentSpec.builder("web", "sum:1").job(JobSpec.DEFAULT).build();
        fleet.server.deploy(job);
        fleet.run(1);
        fleet.server.pause("web");
        fleet.run(1);
        Future<DeploymentView> again = settled(fleet.server.restart("web", false));
        fleet.run(60);
        hasFailed(again, ErrorCode.IN_USE, "it is paused: no attempt begins until it is resumed");
    }

    @Test
    @DisplayName("what fewer replicas do without is waited for")
    void less() {
        healthy(FAST);
        Future<DeploymentView> fewer = settled(fleet.server.scale("web", 1));
        fleet.run(30);
        assertThat(fewer.result().instances()).hasSize(1);
    }

    @Test
    @DisplayName("who undeploys it ends the waiting of all others")
    void undeployed() {
        healthy(FAST);
        Future<DeploymentView> waiting = deployed(web("web:2", FAST));
        assertThat(waiting.isComplete()).isFalse();
        fleet.run(1);
        fleet.server.undeploy("web");
        fleet.run(1);
        hasFailed(waiting, ErrorCode.IN_USE, "it is being undeployed");
    }

    @Test
    @DisplayName(
            "a first revision that fails is told once, outlives the server, and is waited for no more; it is tried on")
    void firstRevision() {
        first.script().checks(labels -> FakeCheck.FAILS);
        Future<DeploymentView> waiting = deployed(web("web:1", FAST));
        fleet.run(1);
        assertThat(waiting.isComplete()).isFalse();
        fleet.run(100);
        hasFailed(waiting, ErrorCode.RUNTIME_REFUSED, "revision 1 failed: web-");
        fleet.run(600);
        fleet.restartServer();
        fleet.run(600);
        assertThat(fleet.messages("deployment.failed"))
                .singleElement(as(STRING))
                .startsWith("web has failed, and goes on being tried: revision 1 failed: web-");
        assertThat(fleet.view("web").deployment().rollout().hasFailed()).isTrue();

        first.script().checks(labels -> FakeCheck.PASSES);
        fleet.run(120);
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.RUNNING);
        assertThat(fleet.messages("deployment.done")).hasSize(1);
    }

    @Test
    @DisplayName("a first revision has not settled while it runs for less than min_healthy; one that is paused has")
    void firstRuns() {
        Future<DeploymentView> waiting = deployed(web("web:1", FAST));
        fleet.run(15);
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.RUNNING);
        assertThat(waiting.isComplete()).isFalse();
        fleet.run(20);
        assertThat(waiting.result().deployment().rollout().phase()).isEqualTo(Phase.DONE);

        fleet.server.undeploy("web");
        fleet.run(30);
        fleet.server.deploy(web("web:1", FAST));
        fleet.run(1);
        Future<DeploymentView> paused = settled(fleet.server.pause("web"));
        fleet.run(15);
        assertThat(paused.succeeded()).isTrue();
    }

    @Test
    @DisplayName("where nothing older runs there is nothing that a pause holds up: what is scaled up is waited for")
    void scaledWhilePaused() {
        healthy(FAST);
        fleet.server.scale("web", 0);
        fleet.run(30);
        fleet.server.deploy(web("web:2", FAST, 0));
        fleet.run(1);
        fleet.server.pause("web");
        fleet.run(1);
        assertThat(fleet.view("web").deployment().rollout().phase()).isEqualTo(Phase.DONE);
        Future<DeploymentView> waiting = settled(fleet.server.scale("web", 2));
        fleet.run(15);
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.RUNNING);
        assertThat(waiting.isComplete()).isFalse();
        fleet.run(60);
        assertThat(waiting.result().deployment().rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(waiting.result().instances()).hasSize(2).allMatch(Instance::isHealthy);
    }

    @Test
    @DisplayName("what runs for a moment and then crashes has failed as a first revision, too")
    void crashesLater() {
        Future<DeploymentView> waiting = deployed(web("web:1", FAST));
        fleet.run(15);
        assertThat(fleet.view("web").status()).isEqualTo(DeploymentStatus.RUNNING);
        first.containers().forEach(it -> first.end(it.id(), 3));
        fleet.run(2);
        hasFailed(waiting, ErrorCode.RUNTIME_REFUSED, "revision 1 failed: web-");
    }

    @Test
    @DisplayName("a first revision that fits nowhere is waited for until its progress_deadline")
    void nowhere() {
        DeploymentSpec nowhere = DeploymentSpec.builder("web", "web:1")
                .nodeSelector("region", "moon")
                .update(FAST)
                .build();
        Future<DeploymentView> waiting = deployed(nowhere);
        fleet.run(299);
        assertThat(waiting.isComplete()).isFalse();
        fleet.run(2);
        hasFailed(waiting, ErrorCode.RUNTIME_REFUSED, "revision 1 made no progress within 5m");
    }
}
