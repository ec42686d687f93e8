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
import io.knit.api.model.Absence;
import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Liveness;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.NodeState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.core.server.Fixtures;
import io.knit.core.server.control.ControlLoop;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Question;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

    /** Of a deployment of two that may be anywhere. */
    private static List<String> where(DeploymentSpec spec, String... nodes) {
        List<Instance> placed = IntStream.range(0, nodes.length)
                .mapToObj(slot -> Fixtures.on(
                        nodes[slot], Fixtures.pending("web-" + slot + "-a", "web", 1, slot), InstanceState.RUNNING))
                .toList();
        ClusterState state = Fixtures.state(
                List.of(
                        Fixtures.node("n0", Map.of("region", "eu")),
                        Fixtures.node("n1", Map.of("region", "eu")),
                        Fixtures.node("n2", Map.of("region", "us"))),
                List.of(Fixtures.deployment(1, spec)),
                placed);
        return new Explanations(state, List.of(), List.of())
                .of("web").courses().stream().map(Explanation.Course::where).toList();
    }

    @Test
    void whatIsPlacedSaysWhatSpeaksForItsNodeNow() {
        DeploymentSpec europe =
                Fixtures.spec("web").nodeSelector("region", "eu").replicas(2).build();
        String by = "by the fleet as it is now: ";
        assertThat(where(europe, "n0", "n1"))
                .containsExactly(
                        by + "of 2 nodes that fit it has 0 of web, and n1 1",
                        by + "of 2 nodes that fit it has 0 of web, and n0 1");
        assertThat(where(europe, "n0"))
                .containsExactly(
                        by + "of 2 nodes that fit none is better: it has 0 of web beside this one, and 0 of all");
        assertThat(where(europe, "n0", "n0"))
                .as("the fleet has changed since")
                .containsOnly(by + "n1 would be better: it has 0 of web, and n0 1");
        assertThat(where(europe, "n2")).containsExactly(by + "it would not be placed there");
        assertThat(where(Fixtures.spec("web").nodeSelector("region", "us").build(), "n2"))
                .containsExactly(by + "the only node that fits");
    }

    @Test
    void ofWhatHasNoNodeOrNoChoiceNothingIsSaidNorWhereItWouldBeTooMuch() {
        ClusterState state = waiting(2);
        List<String> said = new Explanations(state, List.of(), List.of())
                .of("web").courses().stream().map(Explanation.Course::where).toList();
        assertThat(said).containsExactly("by the fleet as it is now: the only node that fits", "");
        Instance placed = state.instancesOf("web").get(0);
        assertThat(new Chosen(state, NOW, 1).now(placed)).isEmpty();
        assertThat(new Chosen(state, NOW, 2).now(placed)).isNotEmpty();
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

    private static Explanation explained(ClusterState state, List<KnitEvent> events) {
        Liveness silent = new Liveness(List.of(), new Absence(NOW, NOW.plusSeconds(12), false));
        return new Explanations(state, events, List.of(), node -> node.equals("n1") ? silent : Liveness.UNKNOWN)
                .of("web");
    }

    @Test
    void whatIsOnASilentNodeSaysUntilWhenItIsWaitedFor() {
        DisconnectSpec minute = new DisconnectSpec(Duration.ofSeconds(60), null, DisconnectSpec.DEFAULT.reconcile());
        Instance there = Fixtures.on("n1", Fixtures.pending("web-0-a", "web", 1, 0), InstanceState.RUNNING);
        Instance heard = Fixtures.on("n2", Fixtures.pending("web-1-b", "web", 1, 1), InstanceState.RUNNING);
        Instance lost = Fixtures.on("n1", Fixtures.pending("web-2-c", "web", 1, 2), InstanceState.RUNNING)
                .lost("its node n1 is down", NOW);
        ClusterState state = Fixtures.state(
                List.of(Fixtures.node("n1", Map.of()), Fixtures.node("n2", Map.of())),
                List.of(Fixtures.deployment(
                        1, Fixtures.spec("web").replicas(3).disconnect(minute).build())),
                List.of(there, heard, lost));
        Explanation explained = explained(state, List.of());
        assertThat(explained.courses())
                .extracting(Explanation.Course::words)
                .containsExactly(
                        List.of("its node n1 has been silent since " + NOW + "; it is replaced at "
                                + NOW.plusSeconds(60) + " (disconnect.replace_after 1m)"),
                        List.of(),
                        List.of());
        assertThat(explained.words()).isEmpty();
    }

    @Test
    void whatRunsByTheClockSaysWhenItRunsNextWhatWasLeftOutAndOfWhichRunAnInstanceIs() {
        Instant due = Instant.parse("2026-11-23T04:00:00Z");
        Instance first = Fixtures.pending("web-0-a", "web", 1, 0).keyed(due + "/1");
        Instance other = Fixtures.pending("web-0-b", "web", 1, 0).keyed("2026-11-22T04:00:00Z");
        CronRuns runs = CronRuns.begin(due.minusSeconds(1))
                .beginning(new CronRun(due, due.plusSeconds(1), JobRun.begin(1, due, due)))
                .skipping(due.plusSeconds(86_400), "it is left out");
        Deployment deployment = Fixtures.deployment(
                        1,
                        Fixtures.spec("web")
                                .cron(CronSpec.of("0 4 * * *").in("Etc/UTC"))
                                .build())
                .with(runs);
        ClusterState state = Fixtures.state(List.of(), List.of(deployment), List.of(first, other));
        Explanation explained = explained(state, List.of());
        assertThat(explained.words())
                .containsExactly(
                        "the next run is due at 2026-11-25T04:00:00Z (cron.schedule 0 4 * * *, Etc/UTC)",
                        "the run of 2026-11-23T04:00:00Z is under way since 2026-11-23T04:00:01Z; a time that comes before its"
                                + " end is left out (cron.overlap forbid)",
                        "left out last: it is left out");
        assertThat(explained.courses())
                .extracting(Explanation.Course::words)
                .containsExactlyInAnyOrder(
                        List.of(
                                "it is of the run of 2026-11-23T04:00:00Z, which began at 2026-11-23T04:00:01Z with revision 1"
                                        + " and is running"),
                        List.of("the run that it was of is not kept any more"));
        assertThat(new Explanations(state, List.of(), List.of()).of(first).words())
                .hasSize(3);
        ClusterState paused = Fixtures.state(List.of(), List.of(deployment.asPaused(true)), List.of());
        assertThat(explained(paused, List.of()).words())
                .contains("it is paused: no run begins until it is resumed (cron.schedule 0 4 * * *, Etc/UTC)");
    }

    @Test
    void whoWasPushedOutIsSaidByWhomAndWhyAlsoWhenItIsGone() {
        Instance victim = Fixtures.on("n2", Fixtures.pending("web-0-a", "web", 1, 0), InstanceState.RUNNING)
                .pushedOutBy("shop", "pushed out by shop (priority 90), for which nothing else made room", NOW);
        ClusterState state = Fixtures.state(
                List.of(Fixtures.node("n2", Map.of())),
                List.of(Fixtures.deployment(1, Fixtures.spec("web").build())),
                List.of(victim));
        List<KnitEvent> events = IntStream.range(0, 7)
                .mapToObj(i -> event(i, "instance.pushed_out", "web-0-" + i))
                .toList();
        Explanation explained = explained(state, events);
        assertThat(explained.courses().get(0).words())
                .containsExactly(
                        "it is stopped for shop: pushed out by shop (priority 90), for which nothing else made room");
        assertThat(explained.words())
                .hasSize(5)
                .last()
                .isEqualTo(NOW.plusSeconds(6) + ": instance.pushed_out of web-0-6");
    }

    private static List<String> words(int nodes, @Nullable String mesh, String network, String... published) {
        PortBinding[] ports = Stream.of(published)
                .map(ip -> new PortBinding(ip, 8080, 80, Protocol.TCP))
                .toArray(PortBinding[]::new);
        NetworkSpec on = new NetworkSpec(network, "", List.of(), List.of());
        ClusterState state = Fixtures.state(
                IntStream.range(0, nodes)
                        .mapToObj(i -> Fixtures.node("n" + i, NodeState.READY, Map.of(), mesh))
                        .toList(),
                List.of(Fixtures.deployment(1, Fixtures.spec("web").network(on).build())),
                List.of(Fixtures.on("n0", Fixtures.pending("web-0-a", "web", 1, 0), InstanceState.RUNNING, ports)));
        return new Explanations(state, List.of(), List.of())
                .of("web")
                .courses()
                .get(0)
                .words();
    }

    @Test
    void whoIsNotFoundFromOtherNodesSaysSo() {
        String mesh = "10.54.0.7";
        assertThat(words(2, mesh, ""))
                .containsExactly(
                        "names do not lead to it from other nodes, as it publishes nothing where they reach its node;"
                                + " a port in expose is reached there (docs/names.md)");
        assertThat(words(2, mesh, "", "127.0.0.1")).hasSize(1);
        assertThat(words(2, mesh, "", mesh)).isEmpty();
        assertThat(words(2, mesh, NetworkSpec.HOST)).isEmpty();
        assertThat(words(2, mesh, NetworkSpec.NONE)).as("can't expose").isEmpty();
        assertThat(words(1, mesh, "")).as("no others").isEmpty();
        assertThat(words(2, null, "")).as("no mesh").isEmpty();
    }
}
