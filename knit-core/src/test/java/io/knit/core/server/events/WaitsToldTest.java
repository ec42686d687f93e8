package io.knit.core.server.events;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.deployment;
import static io.knit.core.server.Fixtures.ids;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.spec;
import static io.knit.core.server.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.core.server.control.ControlLoop;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Outcome;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.server.state.Step;
import io.knit.core.server.view.Views;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** That one waits is told with the reason, once, however the decision was cut. */
class WaitsToldTest {
    private static final Deployment WEB = deployment(
            1,
            spec("web")
                    .replicas(12)
                    .port(new PortSpec("127.0.0.1", 8080, 80, Protocol.TCP))
                    .build());

    private final EventLog log = new EventLog(List.of(), 0);
    private ClusterState state = state(List.of(node("n1", Map.of())), List.of(WEB), List.of());

    @Test
    void ofThoseThatAreLeftForTheNextSliceTheReasonIsToldThen() {
        // as after a time without any node
        List<Instance> waiting = IntStream.range(0, 12)
                .mapToObj(slot -> Instance.pending("web-" + slot, "web", 1, slot, 0, List.of(), NOW, "", NOW))
                .toList();
        state = state(List.of(node("n1", Map.of())), List.of(WEB), waiting);
        assertThat(decide(1)).noneMatch(words -> words.contains("8080"));
        assertThat(reasons()).hasSize(11).containsOnly("waits to be placed");
        assertThat(decide(100))
                .singleElement()
                .asString()
                .startsWith("web still waits: ")
                .contains("8080");
        assertThat(reasons()).hasSize(11).allMatch(words -> words.contains("8080"));
    }

    @Test
    void ofThoseThatComeAndAreRefusedInOneDecisionEachHasIt() {
        assertThat(decide(100))
                .filteredOn(words -> words.contains(" is pending: "))
                .hasSize(11);
    }

    @Test
    void afterARestartItIsNotToldAgain() {
        decide(100);
        state = state.loaded();
        assertThat(reasons()).containsOnly("waits to be placed");
        assertThat(decide(100)).isEmpty();
        assertThat(reasons()).hasSize(11).allMatch(words -> words.contains("8080"));
    }

    private List<String> decide(int most) {
        Outcome outcome = ControlLoop.decide(new Question(state, state, List.of(), Set.of("web"), most, NOW), ids());
        List<KnitEvent> told = log.derive(state, Step.of(state, outcome.changes()), NOW, Duration.ZERO);
        for (Change change : outcome.changes()) {
            state = change.applyTo(state);
        }
        return told.stream().map(KnitEvent::message).toList();
    }

    private List<String> reasons() {
        return new ArrayList<>(Views.deployment(state, WEB).instances().stream()
                .filter(it -> it.node() == null)
                .map(Instance::reason)
                .toList());
    }
}
