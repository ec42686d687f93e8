package io.knit.core.server.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.knit.api.command.Caller;
import io.knit.api.error.KnitException;
import io.knit.api.history.Explanation;
import io.knit.api.history.Explanation.NodeAnswer;
import io.knit.api.history.Explanation.Phase;
import io.knit.api.history.HistoryEntry;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.KnitEvent;
import io.knit.core.server.Fixtures;
import io.knit.core.server.control.ControlLoop;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Question;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplanationsTest {
    private static final Instant NOW = Fixtures.NOW;

    private static KnitEvent event(long seq, String type, String instance) {
        return new KnitEvent(seq, NOW.plusSeconds(seq), type, "web", instance, "n1", type + " of " + instance);
    }

    private static HistoryEntry entry(
            long number, int second, @Nullable Caller caller, String command, String... remarks) {
        return new HistoryEntry(
                number, number, NOW.plusSeconds(second), caller, command, Map.of(), "web", List.of(remarks));
    }

    /** Of a deployment that fits on one of two nodes, with a fixed port: the second slot waits. */
    private static ClusterState waiting(int nodes) {
        ClusterState before = ClusterState.empty("here");
        ClusterState tip = Fixtures.state(
                IntStream.range(0, nodes)
                        .mapToObj(i -> Fixtures.node("n" + i, Map.of("region", i == 0 ? "eu" : "us")))
                        .toList(),
                List.of(Fixtures.deployment(
                        1,
                        Fixtures.spec("web")
                                .nodeSelector("region", "eu")
                                .port(new io.knit.api.model.PortSpec(
                                        "127.0.0.1", 80, 80, io.knit.api.model.Protocol.TCP))
                                .replicas(2)
                                .build())),
                List.of());
        List<Change> asked = List.of(new Change.PutDeployment(Objects.requireNonNull(tip.deployment("web"))));
        ClusterState state = tip;
        for (Change change : ControlLoop.decide(new Question(before, tip, asked, Set.of(), 1000, NOW), Fixtures.ids())
                .changes()) {
            state = change.applyTo(state);
        }
        return state;
    }

    @Test
    void eachNodeSaysWhyItDoesNotFitThoseThatWait() {
        ClusterState state = waiting(2);

        Explanation explained = new Explanations(state, List.of(), List.of()).of("web");

        assertThat(explained.waits()).singleElement().satisfies(wait -> {
            assertThat(wait.instances()).singleElement().asString().startsWith("web-1-");
            assertThat(wait.reason()).startsWith("no node fits (2 nodes looked at)");
            assertThat(wait.nodes())
                    .containsExactly(
                            new NodeAnswer("n0", "has host port 127.0.0.1:80 taken by web"),
                            new NodeAnswer("n1", "has region=us, not region=eu"));
            assertThat(wait.more()).isZero();
        });
        Instance placed = state.instancesOf("web").stream()
                .filter(it -> it.node() != null)
                .findFirst()
                .orElseThrow();
        assertThat(new Explanations(state, List.of(), List.of()).of(placed).waits())
                .as("it does not wait")
                .isEmpty();
    }

    @Test
    void soManyNodesAreAskedAndNoMore() {
        Explanation explained = new Explanations(waiting(Explanations.MOST_NODES + 5), List.of(), List.of()).of("web");
        assertThat(explained.waits().get(0).nodes()).hasSize(Explanations.MOST_NODES);
        assertThat(explained.waits().get(0).more()).isEqualTo(5);
    }

    @Test
    void phasesAreThoseOfTheEventsThatAreKept() {
        Instance instance = Fixtures.on("n1", Fixtures.pending("web-0-a", "web", 1, 0), InstanceState.RUNNING);
        ClusterState state = Fixtures.state(
                List.of(Fixtures.node("n1", Map.of())),
                List.of(Fixtures.deployment(1, Fixtures.spec("web").build())),
                List.of(instance));
        List<KnitEvent> events = List.of(
                event(1, "instance.assigned", "web-0-a"),
                event(2, "instance.running", "web-0-b"),
                event(3, "instance.starting", "web-0-a"),
                event(4, "instance.running", "web-0-a"),
                event(5, "instance.starting", "web-0-a"));

        assertThat(new Explanations(state, events, List.of())
                        .of(instance)
                        .courses()
                        .get(0)
                        .phases())
                .extracting(Phase::name, Phase::at)
                .containsExactly(
                        tuple("made", NOW),
                        tuple("assigned", NOW.plusSeconds(1)),
                        tuple("starting", NOW.plusSeconds(3)),
                        tuple("running", NOW.plusSeconds(4)));
        assertThat(new Explanations(state, List.of(), List.of())
                        .of("web")
                        .courses()
                        .get(0)
                        .phases())
                .as("its present state is known though no event is")
                .extracting(Phase::name)
                .containsExactly("made", "running");
    }

    @Test
    void decisionsOfAnInstanceBeginWithTheCommandThatMadeIt() {
        Instance instance = Fixtures.on("n1", Fixtures.pending("web-0-a", "web", 2, 0), InstanceState.RUNNING);
        ClusterState state = Fixtures.state(
                List.of(Fixtures.node("n1", Map.of())),
                List.of(Fixtures.deployment(2, Fixtures.spec("web").build())),
                List.of(instance));
        List<HistoryEntry> decisions = List.of(
                entry(5, 9, Caller.PROGRAM, "scale web to 2", "web-1-b is pending"),
                entry(4, 8, null, "", "web-0-a is lost on n1", "web-1-b is lost on n1"),
                entry(3, 7, null, "", "web-1-b is lost on n1"),
                entry(2, 0, Caller.PROGRAM, "deploy web"),
                entry(1, -5, Caller.PROGRAM, "deploy web"));

        Explanation explained = new Explanations(state, List.of(), decisions).of(instance);

        assertThat(explained.decisions()).extracting(HistoryEntry::number).containsExactly(5L, 4L, 2L);
        assertThat(explained.decisions().get(0).remarks()).isEmpty();
        assertThat(explained.decisions().get(1).remarks()).containsExactly("web-0-a is lost on n1");
        assertThat(new Explanations(state, List.of(), decisions).of("web").decisions())
                .isEqualTo(decisions);
    }

    @Test
    void aDeploymentThatThereIsNotIsNotFound() {
        Explanations none = new Explanations(ClusterState.empty("here"), List.of(), List.of());
        assertThatThrownBy(() -> none.of("web"))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("\"web\"");
    }
}
