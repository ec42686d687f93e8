package io.knit.core.server.view;

import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.Peer;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotsTest {
    private static final List<Node> NO_STRANGERS = List.of();
    private static final List<Peer> NO_MESH = List.of();

    private final Instance web = pending("web-0-a", "web", 1, 0);
    private final ClusterState state = state(
            List.of(node("n1", Map.of())),
            List.of(
                    deployment(1, spec("api").build()),
                    deployment(1, spec("web").build())),
            List.of(pending("api-0-a", "api", 1, 0), web));
    private final Snapshots snapshots = new Snapshots();

    @Test
    void betweenTwoCommitsAllAreGivenTheSame() {
        assertThat(of(state)).isSameAs(of(state));
    }

    @Test
    void afterACommitOnlyWhatChangedIsMadeAnew() {
        ClusterSnapshot before = of(state);
        ClusterState changed = new Change.PutInstance(on("n1", web, InstanceState.RUNNING)).applyTo(state);

        ClusterSnapshot after = of(changed);

        assertThat(view(after, "api")).isSameAs(view(before, "api"));
        assertThat(view(after, "web").instances()).extracting(Instance::state).containsExactly(InstanceState.RUNNING);
        assertThat(of(state)).as("who still has an older state reads that").isEqualTo(before);
    }

    @Test
    void aDeploymentThatCameBackIsNotTheOneThatLeft() {
        of(state);
        ClusterState without = new Change.RemoveDeployment("web").applyTo(state);
        assertThat(of(without).deployment("web")).isEmpty();

        ClusterState again = new Change.PutDeployment(deployment(2, spec("web").build())).applyTo(without);
        assertThat(view(of(again), "web").deployment().revision()).isEqualTo(2);
    }

    @Test
    void whatTheMeshTellsIsNewWithoutACommit() {
        Peer peer = new Peer("key", "host", "10.54.0.9", null);
        of(state);
        assertThat(snapshots.of(state, NO_STRANGERS, List.of(peer)).discovered())
                .containsExactly(peer);
    }

    @Test
    void oneIsGivenAsTheWholeHasIt() {
        assertThat(snapshots.deployment(state, "web")).contains(view(of(state), "web"));
        assertThat(snapshots.deployment(state, "none")).isEmpty();
    }

    private ClusterSnapshot of(ClusterState asked) {
        return snapshots.of(asked, NO_STRANGERS, NO_MESH);
    }

    private static DeploymentView view(ClusterSnapshot snapshot, String name) {
        return snapshot.deployment(name).orElseThrow();
    }
}
