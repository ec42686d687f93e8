package io.knit.core.server.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Capacity;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.spi.transport.PeerClaim;
import io.knit.api.spi.transport.PeerRights;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Controller;
import io.knit.core.server.state.Decision;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.Subjects;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.store.InMemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeGateTest {
    private static final String ALICE = "UALICE";
    private static final String MALLORY = "UMALLORY";

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final StateWriter writer = new StateWriter(
            loop,
            InMemoryStore.create(),
            ClusterState.empty("c"),
            new EventLog(List.of(), 0),
            question -> Controller.Outcome.NOTHING);
    private NodeGate gate = gate(false);

    private NodeGate gate(boolean closed) {
        NodeGate made = new NodeGate(loop, new Agenda(loop), writer, closed);
        made.guard();
        writer.onCommit(made::committed);
        return made;
    }

    private Optional<PeerRights> claim(String node, String key) {
        return gate.judge(new PeerClaim(node, key, false, "10.54.0.9:4711"));
    }

    private Optional<PeerRights> invited(String node, String key) {
        return gate.judge(new PeerClaim(node, key, true, "10.54.0.9:4711"));
    }

    /** What a first heartbeat does. */
    private void heard(String node) {
        put(node, gate.keyOf(writer.committed(), node));
    }

    private void put(String node, @org.jspecify.annotations.Nullable String key) {
        Node known = new Node(
                node,
                "i",
                key,
                NodeWish.NONE,
                new NodeFacts(node, Map.of(), new Capacity(1, 1), "", "", null, null, "", List.of()),
                new NodeJudgement(NodeState.READY, "", loop.now(), List.of()));
        commit(new Change.PutNode(known));
    }

    private void commit(Change change) {
        writer.submit(tip -> new Decision<>(List.of(change), true));
        run(Duration.ofMillis(100));
    }

    private void run(Duration time) {
        queue.runFor(time);
    }

    private List<KnitEvent> refusals() {
        run(Duration.ofMillis(100));
        return writer.eventsAfter(0).stream()
                .filter(event -> event.type().equals("node.refused"))
                .toList();
    }

    @Test
    void anAgentMaySpeakForItsOwnNodeAlone() {
        PeerRights rights = claim("n1", ALICE).orElseThrow();
        assertThat(rights.publish())
                .containsExactlyInAnyOrder(
                        Subjects.heartbeat("n1"),
                        Subjects.assignments("n1"),
                        Subjects.names("n1"),
                        Subjects.status("n1"),
                        "knit.stream.n1.*.up");
        assertThat(rights.subscribe())
                .containsExactlyInAnyOrder(
                        Subjects.deployTo("n1"),
                        Subjects.DEPLOY_BROADCAST,
                        Subjects.UNDEPLOY_BROADCAST,
                        Subjects.NAMES_BROADCAST,
                        "knit.stream.n1.*.down");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ">", "*", "a.b", "a b", "N1", "n1.", "-n1", "n1\n", "é", "n1>", "_inbox"})
    void aNameThatIsNoNodeIdIsNotLetIn(String name) {
        assertThat(claim(name, ALICE)).isEmpty();
        assertThat(refusals()).isEmpty();
    }

    @Test
    void aNodeBelongsToTheKeyThatFirstSpokeForItAlsoAfterARestart() {
        assertThat(claim("n1", ALICE)).isPresent();
        heard("n1");
        gate = gate(false);

        assertThat(claim("n1", MALLORY)).isEmpty();
        assertThat(claim("n1", ALICE)).isPresent();
        assertThat(refusals()).hasSize(1);
        assertThat(refusals().get(0).message())
                .contains("10.54.0.9:4711", MALLORY, "DELETE /nodes/n1")
                .doesNotContain(ALICE);
    }

    @Test
    void whoMerelyConnectsKeepsANameForAMomentOnlyAndLeavesNothingInTheState() {
        claim("n1", MALLORY);
        assertThat(claim("n1", ALICE)).isEmpty();
        run(NodeGate.RESERVED.plusSeconds(1));

        assertThat(claim("n1", ALICE)).isPresent();
        assertThat(writer.committed().nodes()).isEmpty();
    }

    @Test
    void whoIsConnectedKeepsItsNameUntilItIsGone() {
        claim("n1", ALICE);
        gate.connection("n1", true);
        run(NodeGate.RESERVED.multipliedBy(10));
        assertThat(claim("n1", MALLORY)).isEmpty();
        assertThat(gate.isLetIn(writer.committed(), "n1")).isTrue();

        gate.connection("n1", false);
        run(NodeGate.RESERVED.plusSeconds(1));
        assertThat(claim("n1", MALLORY)).isPresent();
    }

    @Test
    void anAgentThatReconnectsBeforeItsOldConnectionEndsStaysLetIn() {
        claim("n1", ALICE);
        gate.connection("n1", true);
        claim("n1", ALICE);
        gate.connection("n1", false);
        gate.connection("n1", true);
        run(NodeGate.RESERVED.multipliedBy(2));
        claim("other", ALICE);
        assertThat(gate.isLetIn(writer.committed(), "n1")).isTrue();
    }

    @Test
    void whoWasNotLetInIsNotHeard() {
        assertThat(gate.isLetIn(writer.committed(), "n1")).isFalse();
        claim("n1", ALICE);
        assertThat(gate.isLetIn(writer.committed(), "n1")).isTrue();
        assertThat(gate.keyOf(writer.committed(), "n1")).isEqualTo(ALICE);
    }

    @Test
    void aNodeFromBeforeThereWereKeysIsTiedToItsFirst() {
        put("n1", null);
        assertThat(claim("n1", ALICE)).isPresent();
        heard("n1");
        gate = gate(false);
        assertThat(claim("n1", MALLORY)).isEmpty();
    }

    @Test
    void aForgottenNodeTakesAnotherKey() {
        claim("n1", ALICE);
        heard("n1");
        commit(new Change.RemoveNode("n1"));
        assertThat(claim("n1", MALLORY)).isPresent();
    }

    @Test
    @DisplayName("the name of a node that was forgotten is free as soon as the connection of its dead agent has ended")
    void forgottenWhileItsConnectionWasThere() {
        claim("n1", ALICE);
        gate.connection("n1", true);
        heard("n1");
        commit(new Change.RemoveNode("n1"));
        assertThat(claim("n1", MALLORY)).as("it could still speak").isEmpty();
        gate.connection("n1", false);
        assertThat(claim("n1", MALLORY)).isPresent();

        gate.connection("n1", true);
        heard("n1");
        commit(new Change.RemoveNode("n1"));
        heard("n1");
        gate.connection("n1", false);
        assertThat(claim("n1", ALICE)).as("who lives and spoke again keeps it").isEmpty();
    }

    @Test
    void aClosedClusterTakesOnlyWhoIsInvitedOrKnown() {
        gate = gate(true);
        assertThat(claim("n1", ALICE)).isEmpty();
        assertThat(refusals().get(0).message()).contains("--join-token");
        assertThat(invited("n1", ALICE)).isPresent();
        heard("n1");
        assertThat(claim("n1", ALICE)).isPresent();
        assertThat(invited("n1", MALLORY)).isEmpty();
    }

    @Test
    void oneKeyMaySpeakForTwoNodes() {
        assertThat(claim("n1", ALICE)).isPresent();
        assertThat(claim("n2", ALICE)).isPresent();
    }

    @Test
    void strangersFillOnlyAShortList() {
        for (int i = 0; i < NodeGate.MOST_UNHEARD; i++) {
            assertThat(claim("s" + i, MALLORY)).isPresent();
        }
        assertThat(claim("n1", ALICE)).isEmpty();
        assertThat(claim("s7", MALLORY)).isPresent();
        heard("s7");
        assertThat(claim("n1", ALICE)).isPresent();

        run(NodeGate.RESERVED.plusSeconds(1));
        assertThat(claim("n2", ALICE)).isPresent();
    }

    @Test
    void refusalsFloodNeitherTheEventsNorTheStore() {
        claim("n1", ALICE);
        heard("n1");
        claim("n2", ALICE);
        heard("n2");
        long before = writer.committed().revision();
        for (int i = 0; i < 1000; i++) {
            claim("n1", MALLORY);
        }
        assertThat(refusals()).hasSize(1);
        assertThat(writer.committed().revision()).isEqualTo(before + 1);

        claim("n2", MALLORY);
        assertThat(refusals()).hasSize(2);
        assertThat(refusals().get(1).message()).contains("999 more");

        gate = gate(true);
        for (int i = 0; i < 1000; i++) {
            claim("s" + i, MALLORY);
        }
        assertThat(refusals()).hasSize(2 + RefusedAgents.MOST_OF_ONE_SOURCE);

        run(RefusedAgents.QUIET);
        claim("n1", MALLORY);
        assertThat(refusals()).hasSize(4 + RefusedAgents.MOST_OF_ONE_SOURCE);
    }

    @Test
    void whoIsRefusedOftenHidesNobodyElse() {
        gate = gate(true);
        for (int i = 0; i < 1000; i++) {
            claim("s" + i, MALLORY);
        }
        gate.judge(new PeerClaim("honest", ALICE, false, "10.54.0.77:40000"));
        run(Duration.ofMillis(100));
        assertThat(refusals()).anyMatch(event -> "honest".equals(event.node()));
        // and what was not told is summed up
        claim("one-more", MALLORY);
        run(RefusedAgents.SUMMED_UP_AFTER);
        assertThat(refusals())
                .anyMatch(event -> event.message().contains("the last: an agent at")
                        && event.message().contains("one-more"));
    }
}
