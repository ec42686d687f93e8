package io.knit.core.server.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.Capacity;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.core.server.command.Commands;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller.Question;
import io.knit.core.server.state.Decision;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.Features;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is kept has an end, and what is kept still leads to where it led. */
class RecorderTest {
    private static final byte[] KEY = "any".getBytes(StandardCharsets.UTF_8);

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final InMemoryStorage storage = new InMemoryStorage();
    private final Recorder recorder = new Recorder(new SeededIds(new Random(3)), 200);
    private final StateWriter writer = new StateWriter(
            loop,
            InMemoryStore.open(storage, loop).result(),
            ClusterState.empty("c"),
            new EventLog(List.of(), 0),
            recorder);

    private void node(String name) {
        NodeFacts facts =
                new NodeFacts(name, Map.of(), new Capacity(4, 8L << 30), "", "", null, null, "", Features.ALL);
        Node node = new Node(
                name, "i", null, NodeWish.NONE, facts, new NodeJudgement(NodeState.READY, "", loop.now(), List.of()));
        submit(List.of(new Change.PutNode(node)));
    }

    private void judge(String node, NodeState state) {
        submit(List.of(new Change.PutJudgement(node, new NodeJudgement(state, "", loop.now(), List.of()))));
    }

    private void submit(List<Change> changes) {
        writer.submit(tip -> new Decision<>(changes, true));
        obey();
    }

    private void run(Command<?> command) {
        writer.submit(tip -> Commands.decide(command, Caller.PROGRAM, tip, loop.now()));
        obey();
    }

    /** Nodes do what they are told. */
    private void obey() {
        for (int i = 0; i < 40; i++) {
            queue.runFor(Duration.ofMillis(500));
            List<Change> said = new ArrayList<>();
            for (Instance instance : writer.committed().instances().values()) {
                if (instance.node() == null
                        && instance.preparation() != null
                        && !instance.preparation().done()) {
                    said.add(new Change.PutInstance(instance.prepared(loop.now())));
                } else if (instance.node() != null && instance.order() == Order.STOP) {
                    said.add(new Change.RemoveInstance(instance.id()));
                } else if (instance.node() != null && instance.observed().state() == null) {
                    said.add(new Change.PutObserved(
                            instance.id(), new Observed(InstanceState.RUNNING, "", 0, false, 1, loop.now())));
                }
            }
            if (!said.isEmpty()) {
                writer.submit(tip -> new Decision<>(said, true));
            }
        }
    }

    private static DeploymentSpec web(String name, int version) {
        return DeploymentSpec.builder(name, "web:" + version).replicas(3).build();
    }

    @Test
    @DisplayName("it begins later and later, also while something waits, and comes to the same decisions from there")
    void aMovingBeginning() {
        node("n1");
        node("n2");
        // fits nowhere, and is asked again with each change
        run(new Command.Deploy(DeploymentSpec.builder("nowhere", "web:1")
                .replicas(2)
                .nodeSelector("region", "mars")
                .build()));
        for (int version = 1; version < 30; version++) {
            run(new Command.Deploy(web("web", version)));
            if (version % 7 == 0) {
                storage.failNext(1);
                run(new Command.Scale("web", 2, null));
                // of whom the refusal tells
                judge("n1", NodeState.SUSPECT);
                judge("n1", NodeState.READY);
            }
            Recorder.Recording kept = recorder.recording();
            assertThat(kept.decided().stream()
                            .mapToInt(it ->
                                    1 + it.changes().size() + it.answered().size())
                            .sum())
                    .isLessThan(300);
            String file = IncidentFile.write(recorder, KEY);
            Replay.Result result = Replay.of(file);
            assertThat(result.difference()).as("version %s", version).isNull();
            String older = file.replaceAll("\"chosen\":\"[^\"]*\",", "");
            assertThat(older).hasSizeLessThan(file.length());
            assertThat(Replay.of(older).difference())
                    .as("of a server that did not note it")
                    .isNull();
            assertThat(result.decisions()).isGreaterThan(3);
        }
        assertThat(recorder.recording().begin().revision()).isGreaterThan(50);
        assertThat(recorder.recording().begin().waits()).containsKey("nowhere");
    }

    /** As where a thousand run by the clock, and each is looked at each minute. */
    private Recorder.Recording looked(int times, UnaryOperator<List<String>> order) {
        Recorder small = new Recorder(new SeededIds(new Random(3)), 1_000);
        ClusterState state = ClusterState.empty("c");
        List<String> all =
                IntStream.range(0, 1_000).mapToObj(i -> "report-" + i).toList();
        for (int minute = 0; minute < times; minute++) {
            Set<String> due = new LinkedHashSet<>(all);
            while (!due.isEmpty()) {
                due = new LinkedHashSet<>(
                        order.apply(List.copyOf(small.decide(new Question(state, state, List.of(), due, 64, loop.now()))
                                .left())));
            }
        }
        return small.recording();
    }

    @Test
    @DisplayName(
            "who is due and comes to nothing is kept once, and not once for each slice in which he is left for later")
    void names() {
        List<Recorder.Decided> decided = looked(100, rest -> rest).decided();
        assertThat(decided).as("some minutes of sixteen slices").hasSizeBetween(30, 200);
        assertThat(decided).extracting(it -> it.due().size()).contains(1_000, 936, 40);
        assertThat(decided.stream().mapToInt(Recorder.Decided::names).sum()).isLessThan(40_000);
        assertThat(decided.stream()
                        .mapToInt(it -> it.due().size() + it.left().size())
                        .sum())
                .as("each slice is written down with all its names")
                .isLessThan(100_000);
    }

    @Test
    @DisplayName("names weigh, where each slice has them in another order")
    void namesInAnyOrder() {
        List<Recorder.Decided> decided = looked(100, rest -> {
                    List<String> other = new ArrayList<>(rest);
                    Collections.reverse(other);
                    return other;
                })
                .decided();
        assertThat(decided.stream().mapToInt(Recorder.Decided::names).sum()).isBetween(10_000, 1_100 * Recorder.NAMES);
    }
}
