package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.PastDeployment;
import io.knit.api.history.PastDeployment.PastInstance;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Rollout;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a deployment was at a time, from the history, on a fleet. */
class PastTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "10.0.0.1");

    private final SmallFleet fleet = new SmallFleet();

    @BeforeEach
    void oneNode() {
        fleet.agent("n1", "eu");
    }

    private void deploy(String image, int replicas) {
        fleet.server.deploy(DeploymentSpec.builder("web", image)
                .replicas(replicas)
                .pull(PullPolicy.NEVER)
                .env("KEY", image)
                .build());
        fleet.run(60);
    }

    private Future<PastDeployment> asked(Instant at) {
        Future<PastDeployment> asked = fleet.server.deploymentAt("web", at);
        fleet.run(1);
        return asked;
    }

    private PastDeployment at(Instant at) {
        return Futures.await(asked(at));
    }

    private KnitException refused(Instant at) {
        return Futures.failure(asked(at));
    }

    /** Now, and a while goes by. */
    private Instant mark() {
        Instant now = fleet.now();
        fleet.run(5);
        return now;
    }

    @Test
    @DisplayName(
            "the revision, replicas, pause and rollout that were in force, and who led there, also after the server's restart")
    void whatWasInForce() {
        final Instant before = mark();
        deploy("web:1", 2);
        final Instant first = mark();
        fleet.server.run(new Command.Scale("web", 3, null), ANN);
        fleet.run(60);
        final Instant scaled = mark();
        fleet.server.pause("web");
        fleet.run(5);
        final Instant paused = mark();
        fleet.server.resume("web");
        deploy("web:2", 3);
        final Instant updated = mark();
        fleet.restartServer();

        PastDeployment past = at(first);
        assertThat(past.revision()).isEqualTo(1);
        assertThat(past.image()).isEqualTo("web:1");
        assertThat(past.replicas()).isEqualTo(2);
        assertThat(Objects.requireNonNull(past.spec()).env()).containsEntry("KEY", "web:1");
        assertThat(past.rollout().phase()).isEqualTo(Rollout.Phase.DONE);
        assertThat(past.healthy()).isEqualTo(2);
        assertThat(past.instances()).extracting(PastInstance::state).containsExactly("running", "running");
        assertThat(past.instances()).extracting(PastInstance::node).containsOnly("n1");
        assertThat(past.until()).isAfter(first).isBefore(scaled);

        assertThat(at(scaled).revision()).isEqualTo(2);
        assertThat(at(scaled).replicas()).isEqualTo(3);
        assertThat(at(scaled).entry().caller()).isEqualTo(ANN);
        assertThat(at(scaled).paused()).isFalse();
        assertThat(at(paused).paused()).isTrue();
        assertThat(at(paused).revision()).isEqualTo(2);
        assertThat(at(updated).paused()).isFalse();
        assertThat(at(updated).image()).isEqualTo("web:2");
        assertThat(at(updated).healthy()).isEqualTo(3);
        assertThat(at(updated).until()).isNull();

        assertThat(refused(before).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(before).getMessage())
                .startsWith("there was no deployment named \"web\" at " + before + ": it was deployed at ");
    }

    @Test
    @DisplayName("a rollout that failed is seen as it was: under way, and gone back")
    void aBadUpdate() {
        deploy("web:1", 2);
        fleet.server.deploy(DeploymentSpec.builder("web", "none:1")
                .replicas(2)
                .pull(PullPolicy.NEVER)
                .build());
        fleet.run(1);
        final Instant moving = mark();
        fleet.run(900);
        final Instant back = mark();

        PastDeployment then = at(moving);
        assertThat(then.revision()).isEqualTo(2);
        assertThat(then.rollout().phase()).isEqualTo(Rollout.Phase.MOVING);
        PastDeployment after = at(back);
        assertThat(after.revision()).isEqualTo(3);
        assertThat(after.image()).isEqualTo("web:1");
        assertThat(after.rollout().reason()).contains("went back to revision 1");
        assertThat(after.healthy()).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "where it was not there, or is still to come, that is said; a spec of an earlier one of its name is not given")
    void whenItWasNotThere() {
        deploy("web:1", 1);
        final Instant first = mark();
        fleet.server.undeploy("web");
        fleet.run(60);
        final Instant gone = mark();
        deploy("web:1", 1);
        final Instant again = mark();

        assertThat(at(first).image()).isEqualTo("web:1");
        assertThat(at(first).spec()).as("revision 1 is another now").isNull();
        assertThat(refused(gone).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(gone).getMessage()).contains(": the last of it was gone at ");
        assertThat(at(again).spec()).isNotNull();
        KnitException future = refused(fleet.now().plusSeconds(60));
        assertThat(future.code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(future.getMessage()).contains("is still to come");
        Future<PastDeployment> nothing = fleet.server.deploymentAt("nothing", first);
        fleet.run(1);
        assertThat(Futures.failure(nothing).code()).isEqualTo(ErrorCode.NOT_FOUND);
    }
}
