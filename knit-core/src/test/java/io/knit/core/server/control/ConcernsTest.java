package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.in;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Observed;
import io.knit.api.model.Rollout;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For which of an agent's words a deployment is planned anew. */
class ConcernsTest {
    private Rollout rollout = Rollout.NONE.done(1, NOW);
    private static final Instance ASSIGNED = on("n1", pending("web-0-a", "web", 1, 0), InstanceState.ASSIGNED);

    @ParameterizedTest
    @CsvSource({"ASSIGNED,PREPARING", "PREPARING,STARTING", "ASSIGNED,STARTING", "STARTING,STARTING", "RUNNING,RUNNING"
    })
    void aStartThatGoesOnLeadsToNoOtherPlan(InstanceState before, InstanceState now) {
        assertThat(concerned(in(ASSIGNED, before, ""), said(now, false))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING,RUNNING,true",
        "STARTING,STARTING,true",
        "STARTING,FAILED,false",
        "ASSIGNED,REJECTED,false",
        "LOST,PREPARING,false",
        "RUNNING,STOPPED,false"
    })
    void whatMayLetAnotherBeginOrTakeItsPlaceDoes(InstanceState before, InstanceState now, boolean failing) {
        assertThat(concerned(in(ASSIGNED, before, ""), said(now, failing))).containsExactly("web");
    }

    @Test
    void thatOneRunsConcernsWhoWaitsForIt() {
        Instance other = on("n1", pending("web-1-a", "web", 1, 1), InstanceState.RUNNING);
        Observed running = said(InstanceState.RUNNING, false);
        Instance starting = in(ASSIGNED, InstanceState.STARTING, "");
        // all are of the present revision, each alone in its slot
        assertThat(concerned(2, 1, List.of(starting, other), running)).isEmpty();
        // how far its rollout has come is looked at when the last runs
        rollout = Rollout.NONE.begin(0, NOW, NOW);
        assertThat(concerned(2, 1, List.of(starting, other), running)).containsExactly("web");
        Instance another = on("n1", pending("web-2-a", "web", 1, 2), InstanceState.STARTING);
        assertThat(concerned(3, 1, List.of(starting, other, another), running)).isEmpty();
        rollout = Rollout.NONE.done(1, NOW);
        // another is of an older one, and is replaced next
        assertThat(concerned(2, 2, List.of(starting, other), running)).containsExactly("web");
        // another is lost, and is given up when this runs in its slot
        Instance lost =
                on("n1", pending("web-0-b", "web", 1, 0), InstanceState.RUNNING).lost("its node is down", NOW);
        assertThat(concerned(1, 1, List.of(starting, lost), running)).containsExactly("web");
        // another fills the same slot
        Instance twin = on("n1", pending("web-0-b", "web", 1, 0), InstanceState.STARTING);
        assertThat(concerned(1, 1, List.of(starting, twin), running)).containsExactly("web");
        // there are more than are wanted
        assertThat(concerned(1, 1, List.of(starting, other), running)).containsExactly("web");
    }

    @Test
    void soDoesThatItsCheckSucceeded() {
        Instance starting = in(ASSIGNED, InstanceState.RUNNING, "");
        Instance checked =
                starting.with(new Observed(InstanceState.RUNNING, "", 0, false, 6, NOW, Health.STARTING, NOW));
        Observed healthy = new Observed(InstanceState.RUNNING, "", 0, false, 7, NOW, Health.HEALTHY, NOW);
        assertThat(concerned(checked, healthy)).containsExactly("web");
    }

    @Test
    void soDoesAWordOfOneThatIsToStop() {
        Instance stopping = in(ASSIGNED, InstanceState.STARTING, "").stopping("undeployed", NOW);
        assertThat(concerned(stopping, said(InstanceState.STARTING, false))).containsExactly("web");
    }

    private static Observed said(InstanceState state, boolean failing) {
        return new Observed(state, "", 0, failing, 7, NOW);
    }

    private Set<String> concerned(Instance instance, Observed said) {
        return concerned(1, 1, List.of(instance), said);
    }

    /** @param instances of which the first is spoken of */
    private Set<String> concerned(int replicas, int revision, List<Instance> instances, Observed said) {
        ClusterState before = state(
                List.of(node("n1", Map.of())),
                List.of(deployment(revision, spec("web").replicas(replicas).build())
                        .with(rollout)),
                instances);
        Change change = new Change.PutObserved(instances.get(0).id(), said);
        return Concerns.of(before, change.applyTo(before), List.of(change));
    }
}
