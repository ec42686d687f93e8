package io.knit.core.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.Fixtures;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.SpecHash;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeploymentCommandsTest {
    private ClusterState state = ClusterState.empty("here").servedAt(Fixtures.NOW);

    private void deploy(int number) {
        DeploymentSpec spec =
                Fixtures.spec("web").env("N", Integer.toString(number)).build();
        for (Change change : DeploymentCommands.deploy(state, new Command.Deploy(spec), Caller.PROGRAM, Fixtures.NOW)
                .changes()) {
            state = change.applyTo(state);
        }
    }

    private List<Integer> revisions() {
        return state.revisionsOf("web").stream().map(Revision::number).toList();
    }

    @Test
    void theNewestTwentyRevisionsAreKept() {
        IntStream.rangeClosed(1, 20).forEach(this::deploy);
        assertThat(revisions()).hasSize(20).startsWith(1);
        deploy(21);
        assertThat(revisions()).hasSize(20).startsWith(2).endsWith(21);
    }

    @Test
    void aRevisionThatAnInstanceHasIsKeptUntilItHasItNoMore() {
        IntStream.rangeClosed(1, 5).forEach(this::deploy);
        state = new Change.PutInstance(Fixtures.pending("web-0-a", "web", 3, 0)).applyTo(state);
        IntStream.rangeClosed(6, 40).forEach(this::deploy);
        assertThat(revisions()).hasSize(21).startsWith(3, 21);
        state = new Change.RemoveInstance("web-0-a").applyTo(state);
        deploy(41);
        assertThat(revisions()).hasSize(20).startsWith(22).endsWith(41);
    }

    private String container(DeploymentSpec spec) {
        for (Change change : DeploymentCommands.deploy(state, new Command.Deploy(spec), Caller.PROGRAM, Fixtures.NOW)
                .changes()) {
            state = change.applyTo(state);
        }
        return state.revisionsOf("web").stream()
                .max(Comparator.comparingInt(Revision::number))
                .orElseThrow()
                .specHash();
    }

    @Test
    void aRevisionThatMakesTheSameContainerAsAnEarlierOneHasItsName() {
        DeploymentSpec first = Fixtures.spec("web").build();
        String name = container(first);

        assertThat(name).isEqualTo(SpecHash.of(first));
        assertThat(container(Fixtures.spec("web").replicas(12).build())).isEqualTo(name);
        assertThat(container(Fixtures.spec("web").replicas(12).env("A", "1").build()))
                .isNotEqualTo(name);
        assertThat(container(Fixtures.spec("web")
                        .replicas(3)
                        .nodeSelector("zone", "b")
                        .registryAuth("me", "a word")
                        .build()))
                .isEqualTo(name);
    }

    @Test
    void nobodyReplacesOrUndeploysWhatHeDoesNotKnow() {
        deploy(1);
        deploy(2);
        DeploymentSpec other = Fixtures.spec("web").replicas(7).build();
        for (int expected : new int[] {0, 1, 3}) {
            assertThatThrownBy(() -> DeploymentCommands.deploy(
                            state, new Command.Deploy(other, expected), Caller.PROGRAM, Fixtures.NOW))
                    .hasMessageContaining("web has revision 2")
                    .extracting("code")
                    .isEqualTo(ErrorCode.REVISION_CHANGED);
            assertThatThrownBy(() ->
                            DeploymentCommands.undeploy(state, new Command.Undeploy("web", expected), Fixtures.NOW))
                    .extracting("code")
                    .isEqualTo(ErrorCode.REVISION_CHANGED);
        }
        assertThat(DeploymentCommands.deploy(state, new Command.Deploy(other, 2), Caller.PROGRAM, Fixtures.NOW)
                        .answer()
                        .revision())
                .isEqualTo(3);
        assertThat(DeploymentCommands.undeploy(state, new Command.Undeploy("web", 2), Fixtures.NOW)
                        .changes())
                .hasSize(1);
    }
}
