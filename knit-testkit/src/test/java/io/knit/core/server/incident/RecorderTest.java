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
import java.util.List;
import java.util.Map;
import java.util.Random;
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
                            .mapToInt(it -> 1
                                    + it.changes().size()
                                    + it.outcome().changes().size())
                            .sum())
                    .isLessThan(300);
            Replay.Result result = Replay.of(IncidentFile.write(recorder, KEY));
            assertThat(result.difference()).as("version %s", version).isNull();
            assertThat(result.decisions()).isGreaterThan(3);
        }
        assertThat(recorder.recording().begin().revision()).isGreaterThan(50);
        assertThat(recorder.recording().begin().waits()).containsKey("nowhere");
    }
}
