package io.knit.core.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.PullPolicy;
import io.knit.core.server.Fixtures;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.Revision;
import io.knit.core.spec.SpecDiff;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PresentCommandsTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "10.0.0.1");
    private static final Instant LATER = Fixtures.NOW.plusSeconds(60);

    private ClusterState state = ClusterState.empty("here").servedAt(Fixtures.NOW);

    private static DeploymentSpecBuilder web(String image) {
        return DeploymentSpec.builder("web", image).env("KEY", "value").registryAuth("me", "a password");
    }

    private Revision run(Command<?> command) {
        for (Change change : Commands.decide(command, ANN, state, LATER).changes()) {
            state = change.applyTo(state);
        }
        return present();
    }

    private Revision present() {
        Deployment deployment = Objects.requireNonNull(state.deployment("web"));
        Revision revision = Objects.requireNonNull(state.revision("web", deployment.revision()));
        assertThat(revision.spec()).isEqualTo(deployment.spec());
        return revision;
    }

    private boolean changes(Command<?> command) {
        return !Commands.decide(command, ANN, state, LATER).changes().isEmpty();
    }

    @Test
    void aRollbackIsANewRevisionOfTheOldSpecAndItsContainer() {
        Revision first = run(new Command.Deploy(web("web:1").build()));
        run(new Command.Deploy(web("web:2").replicas(3).build()));

        Revision back = run(new Command.Rollback("web", null, null));

        assertThat(back.number()).isEqualTo(3);
        assertThat(back.spec())
                .as("with its password, and as many as there are now")
                .isEqualTo(web("web:1").replicas(3).build());
        assertThat(back.specHash()).as("what still runs by it runs on").isEqualTo(first.specHash());
        assertThat(back.by()).isEqualTo("ann");
        assertThat(back.command()).as("to which was found out").isEqualTo("roll back web to revision 1");
        assertThat(back.createdAt()).isEqualTo(LATER);
    }

    @Test
    void aRollbackToANamedRevisionTakesThat() {
        run(new Command.Deploy(web("web:1").build()));
        run(new Command.Deploy(web("web:2").build()));
        run(new Command.Deploy(web("web:3").build()));

        assertThat(run(new Command.Rollback("web", 1, null)).spec().image()).isEqualTo("web:1");
        assertThat(changes(new Command.Rollback("web", 4, null)))
                .as("the present one")
                .isFalse();
        assertThat(changes(new Command.Rollback("web", 1, null)))
                .as("what it is already")
                .isFalse();
    }

    @Test
    void aRollbackOverARestartTakesWhatIsOlder() {
        run(new Command.Deploy(web("web:1").build()));
        run(new Command.Deploy(web("web:2").build()));
        run(new Command.Restart("web", false, null));

        assertThat(run(new Command.Rollback("web", null, null)).spec().image()).isEqualTo("web:1");
    }

    @Test
    void aRollbackOverARestartAloneHasNowhereToGo() {
        run(new Command.Deploy(web("web:1").build()));
        run(new Command.Restart("web", false, null));

        assertThat(refusal(new Command.Rollback("web", null, null)))
                .hasMessageContaining("in replicas or by a restart at most")
                .extracting(KnitException::code)
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void aRollbackToTheRevisionBeforeARestartTakesItsContainer() {
        Revision first = run(new Command.Deploy(web("web:1").build()));
        Revision anew = run(new Command.Restart("web", false, null));

        assertThat(run(new Command.Rollback("web", 1, null)).specHash())
                .isEqualTo(first.specHash())
                .isNotEqualTo(anew.specHash());
    }

    @Test
    void aRollbackToARestartTakesWhatItMade() {
        run(new Command.Deploy(web("web:1").build()));
        Revision anew = run(new Command.Restart("web", false, null));
        run(new Command.Deploy(web("web:2").build()));

        assertThat(run(new Command.Rollback("web", null, null)).specHash()).isEqualTo(anew.specHash());
    }

    @Test
    void scalingChangesTheNumberAlone() {
        Revision first = run(new Command.Deploy(web("web:1").build()));

        Revision scaled = run(new Command.Scale("web", 12, null));

        assertThat(SpecDiff.of(first.spec(), scaled.spec()))
                .containsExactly(new SpecDiff.Change("/replicas", "1", "12"));
        assertThat(scaled.specHash()).isEqualTo(first.specHash());
        assertThat(scaled.spec().registryAuth()).isEqualTo(first.spec().registryAuth());
        assertThat(changes(new Command.Scale("web", 12, null))).isFalse();
    }

    @Test
    void aRestartIsTheSameSpecInAnotherContainer() {
        Revision first = run(new Command.Deploy(web("web:1").build()));

        Revision second = run(new Command.Restart("web", false, null));
        Revision third = run(new Command.Restart("web", false, null));

        assertThat(second.spec()).isEqualTo(first.spec());
        assertThat(List.of(first.specHash(), second.specHash(), third.specHash()))
                .doesNotHaveDuplicates();
        assertThat(run(new Command.Scale("web", 2, null)).specHash())
                .as("what was made anew is not made anew again")
                .isEqualTo(third.specHash());
        assertThat(run(new Command.Deploy(web("web:1").replicas(5).build())).specHash())
                .isEqualTo(third.specHash());
    }

    @Test
    void aRestartThatPullsSaysSoInItsSpec() {
        Revision first = run(new Command.Deploy(web("web:1").build()));
        assertThat(first.spec().pull()).isEqualTo(PullPolicy.MISSING);

        assertThat(SpecDiff.of(
                        first.spec(),
                        run(new Command.Restart("web", true, null)).spec()))
                .containsExactly(new SpecDiff.Change("/pull", "\"missing\"", "\"always\""));
    }

    @Test
    void aPauseIsKeptUntilItIsEnded() {
        Revision first = run(new Command.Deploy(web("web:1").build()));

        assertThat(run(new Command.Pause("web", null))).as("no revision").isEqualTo(first);
        assertThat(isPaused()).isTrue();
        assertThat(changes(new Command.Pause("web", null))).isFalse();
        run(new Command.Deploy(web("web:2").build()));
        assertThat(isPaused()).isTrue();
        run(new Command.Resume("web", null));
        assertThat(isPaused()).isFalse();
        assertThat(changes(new Command.Resume("web", null))).isFalse();
    }

    private boolean isPaused() {
        return Objects.requireNonNull(state.deployment("web")).paused();
    }

    static List<Command.Present> all() {
        return List.of(
                new Command.Rollback("web", null, 1),
                new Command.Scale("web", 3, 1),
                new Command.Restart("web", false, 1),
                new Command.Pause("web", 1),
                new Command.Resume("web", 1));
    }

    @ParameterizedTest
    @MethodSource("all")
    void nobodyChangesWhatHeDoesNotKnow(Command.Present command) {
        assertThat(refusal(command).code()).isEqualTo(ErrorCode.NOT_FOUND);
        run(new Command.Deploy(web("web:1").build()));
        run(new Command.Deploy(web("web:2").build()));
        assertThat(refusal(command).code()).isEqualTo(ErrorCode.REVISION_CHANGED);
        run(new Command.Undeploy("web"));
        KnitException leaving = refusal(command);
        assertThat(leaving.code()).isEqualTo(ErrorCode.IN_USE);
        assertThat(leaving).hasMessageContaining("undeployed");
    }

    @Test
    void whatCanNotBeIsSaidInWords() {
        run(new Command.Deploy(web("web:1").build()));
        assertThat(refusal(new Command.Rollback("web", null, null)))
                .hasMessageContaining("none before it")
                .extracting(KnitException::code)
                .isEqualTo(ErrorCode.NOT_FOUND);
        KnitException unknown = refusal(new Command.Rollback("web", 7, null));
        assertThat(unknown).hasMessageContaining("no revision 7; kept are 1");
        assertThat(unknown.pointer()).isEqualTo("/revision");
        for (int replicas : new int[] {-1, 1001}) {
            KnitException wrong = refusal(new Command.Scale("web", replicas, null));
            assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_VALUE);
            assertThat(wrong.pointer()).isEqualTo("/replicas");
            assertThat(wrong).hasMessageContaining("give 0 to 1000");
        }
    }

    private KnitException refusal(Command<?> command) {
        KnitException[] refused = new KnitException[1];
        assertThatThrownBy(() -> Commands.decide(command, ANN, state, LATER))
                .isInstanceOfSatisfying(KnitException.class, it -> refused[0] = it);
        return refused[0];
    }

    @Test
    void theAnswerIsTheDeploymentAsItIsThen() {
        run(new Command.Deploy(web("web:1").build()));
        Decision<Commands.Answer<io.knit.api.model.DeploymentView>> decision =
                Commands.decide(new Command.Scale("web", 4, null), ANN, state, LATER);
        for (Change change : decision.changes()) {
            state = change.applyTo(state);
        }
        assertThat(decision.answer().from(state).deployment().spec().replicas()).isEqualTo(4);
    }
}
