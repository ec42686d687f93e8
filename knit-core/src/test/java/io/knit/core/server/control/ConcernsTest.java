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
    private static final Instance ASSIGNED = on("n1", pending("web-0-a", "web", 1, 0), InstanceState.ASSIGNED);

    @ParameterizedTest
    @CsvSource({"ASSIGNED,PREPARING", "PREPARING,STARTING", "ASSIGNED,STARTING", "STARTING,STARTING", "RUNNING,RUNNING"
    })
    void aStartThatGoesOnLeadsToNoOtherPlan(InstanceState before, InstanceState now) {
        assertThat(concerned(in(ASSIGNED, before, ""), said(now, false))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "STARTING,RUNNING,false",
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
    void soDoesThatItsCheckSucceeded() {
        Instance starting = in(ASSIGNED, InstanceState.RUNNING, "");
        Instance checked = starting.with(new Observed(InstanceState.RUNNING, "", 0, false, 6, NOW, Health.STARTING));
        Observed healthy = new Observed(InstanceState.RUNNING, "", 0, false, 7, NOW, Health.HEALTHY);
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

    private static Set<String> concerned(Instance instance, Observed said) {
        ClusterState before = state(
                List.of(node("n1", Map.of())), List.of(deployment(1, spec("web").build())), List.of(instance));
        Change change = new Change.PutObserved(instance.id(), said);
        return Concerns.of(before, change.applyTo(before), List.of(change));
    }
}
