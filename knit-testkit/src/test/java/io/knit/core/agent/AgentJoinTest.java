package io.knit.core.agent;

import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Peer;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.agent.session.AgentSession;
import io.knit.core.wire.Features;
import io.knit.core.wire.Heartbeat;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentJoinTest {
    private final AgentRig rig = new AgentRig(1);

    @Test
    @DisplayName("the first heartbeat tells all of the node, at once; joined succeeds with the answer")
    void join() {
        AgentCore agent = rig.startAgent();
        Instant before = rig.queue.now();
        Future<Void> started = agent.start();
        rig.until(() -> agent.joined().succeeded());
        assertThat(started.succeeded()).isTrue();
        assertThat(Duration.between(before, rig.queue.now())).isLessThan(Duration.ofMillis(200));
        Heartbeat first = rig.server.heartbeats().get(0);
        assertThat(first.cluster()).isNull();
        assertThat(first.node()).isEqualTo("n1");
        assertThat(first.labels()).containsEntry("region", "eu");
        assertThat(first.engineVersion()).isEqualTo("fake 1.0");
        assertThat(first.cpus()).isEqualTo(4);
        assertThat(first.meshIp()).isEqualTo("10.54.0.1");
        assertThat(first.condition()).isEmpty();
    }

    @Test
    @DisplayName(
            "heartbeats come every three seconds, and at once when the mesh address changes or the connection is back")
    void heartbeats() {
        rig.joinedAgent();
        rig.queue.runFor(Duration.ofSeconds(1));
        int before = rig.server.heartbeats().size();
        rig.queue.runFor(Duration.ofSeconds(30));
        assertThat(rig.server.heartbeats().size() - before).isBetween(9, 11);
        rig.discovery.setSelf(new Peer("key-1", "n1", "10.54.0.9", null));
        rig.until(() -> "10.54.0.9".equals(rig.server.lastHeartbeat().meshIp()));
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(Duration.ofMinutes(10));
        int cut = rig.server.heartbeats().size();
        rig.bus.heal(AgentRig.NODE);
        rig.queue.runFor(Duration.ofMillis(50));
        assertThat(rig.server.heartbeats()).hasSizeGreaterThan(cut);
    }

    @Test
    @DisplayName(
            "the time of day is in the first heartbeat, then in one a minute, and at once when the connection is back")
    void clock() {
        rig.joinedAgent();
        assertThat(rig.server.heartbeats().get(0).clock()).isNotNull();
        rig.queue.runFor(Duration.ofMinutes(3).plusSeconds(10));
        assertThat(rig.server.heartbeats()).hasSizeGreaterThan(60);
        assertThat(rig.server.heartbeats().stream().filter(beat -> beat.clock() != null))
                .hasSize(4);
        rig.bus.cut(AgentRig.NODE);
        rig.queue.runFor(Duration.ofSeconds(5));
        rig.bus.heal(AgentRig.NODE);
        Instant healed = rig.queue.now();
        rig.queue.runFor(Duration.ofMillis(50));
        Long told = rig.server.lastHeartbeat().clock();
        assertThat(told).isNotNull();
        assertThat(Instant.ofEpochMilli(told)).isBetween(healed.minusMillis(1), healed.plusMillis(50));
    }

    @Test
    @DisplayName("identity and cluster outlive the process; the session rises")
    void identity() {
        rig.joinedAgent();
        rig.settle();
        Heartbeat one = rig.server.lastHeartbeat();
        rig.killAgent();
        rig.wishedNodeId = null;
        AgentCore second = rig.joinedAgent();
        Heartbeat two = rig.server.lastHeartbeat();
        assertThat(second.nodeId()).isEqualTo("n1");
        assertThat(two.identity()).isEqualTo(one.identity()).hasSize(24);
        assertThat(two.cluster()).isEqualTo("here");
        assertThat(two.session()).isGreaterThan(one.session());
    }

    @Test
    @DisplayName("without a node id it is made of the host's name")
    void madeNodeId() {
        rig.wishedNodeId = null;
        assertThat(rig.joinedAgent().nodeId()).matches("host-1-[a-z0-9]{6}");
    }

    @Test
    @DisplayName("another node id is refused while something is assigned, and taken when nothing is")
    void otherNodeId() {
        rig.server.run("a", AgentRig.spec());
        rig.joinedAgent();
        rig.settle();
        rig.killAgent();
        rig.wishedNodeId = "n2";
        AgentCore second = rig.startAgent();
        Future<Void> started = second.start();
        rig.until(started::isComplete);
        assertThat(failure(started).code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(failure(started).getMessage()).contains("n1").contains("n2");
        rig.wishedNodeId = AgentRig.NODE;
        rig.joinedAgent();
        rig.server.drop("a");
        rig.settle();
        rig.killAgent();
        rig.wishedNodeId = "n2";
        assertThat(rig.joinedAgent().nodeId()).isEqualTo("n2");
    }

    @Test
    @DisplayName("a node id that is no DNS label fails the start")
    void badNodeId() {
        rig.wishedNodeId = "Not a label";
        Future<Void> started = rig.startAgent().start();
        rig.until(started::isComplete);
        assertThat(failure(started).code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
    }

    @Test
    @DisplayName("a refused agent ends with the code, says no more, and leaves its containers running")
    void refused() {
        rig.server.run("a", AgentRig.spec());
        AgentCore agent = rig.joinedAgent();
        rig.settle();
        rig.server.refusal = "node_id_taken";
        rig.until(() -> agent.ended().isComplete());
        assertThat(failure(agent.ended()).code()).isEqualTo(ErrorCode.NODE_ID_TAKEN);
        int heartbeats = rig.server.heartbeats().size();
        rig.server.stop("a");
        rig.settle();
        assertThat(rig.server.heartbeats()).hasSize(heartbeats);
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        Future<Void> closed = agent.close();
        rig.until(closed::succeeded);
        assertThat(failure(agent.ended()).code()).isEqualTo(ErrorCode.NODE_ID_TAKEN);
    }

    @Test
    @DisplayName("an agent refused before it joined fails joined, too")
    void refusedAtOnce() {
        rig.server.refusal = "node_id_taken";
        AgentCore agent = rig.startAgent();
        agent.start();
        rig.until(() -> agent.ended().isComplete());
        assertThat(failure(agent.joined()).code()).isEqualTo(ErrorCode.NODE_ID_TAKEN);
    }

    @Test
    @DisplayName(
            "while the server is another cluster's the agent waits, does nothing it says, and goes on when its own is back")
    void otherCluster() {
        rig.server.run("a", AgentRig.spec());
        AgentCore first = rig.joinedAgent();
        rig.untilState("a", InstanceState.RUNNING);
        rig.server.cluster = "elsewhere";
        rig.server.stop("a");
        rig.settle();
        assertThat(first.ended().isComplete()).isFalse();
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        // also one that starts meanwhile, and also where it is told
        rig.killAgent();
        rig.server.refusal = "wrong_cluster";
        AgentCore agent = rig.startAgent();
        try (LoggedLines log = LoggedLines.of(AgentSession.class)) {
            agent.start();
            rig.settle();
            assertThat(log.taken())
                    .filteredOn(line -> line.startsWith("is not taken in now and asks again, containers run on: "))
                    .hasSize(1);
        }
        assertThat(agent.joined().isComplete()).isFalse();
        assertThat(agent.ended().isComplete()).isFalse();
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        assertThat(rig.server.lastHeartbeat().can(Features.WAIT)).isTrue();

        rig.server.refusal = null;
        rig.server.cluster = "here";
        rig.server.run("b", AgentRig.spec());
        rig.untilState("b", InstanceState.RUNNING);
        assertThat(agent.joined().succeeded()).isTrue();
    }

    @Test
    @DisplayName("killed at any moment while it joins, the next one is the same node and joins")
    void killedWhileJoining() {
        for (int steps = 0; steps < 120; steps += 3) {
            AgentRig each = new AgentRig(steps);
            each.wishedNodeId = null;
            each.startAgent().start();
            for (int step = 0; step < steps; step++) {
                each.queue.step();
            }
            String identity = each.server.heartbeats().isEmpty()
                    ? null
                    : each.server.lastHeartbeat().identity();
            each.killAgent();
            each.joinedAgent();
            if (identity != null) {
                assertThat(each.server.lastHeartbeat().identity()).isEqualTo(identity);
            }
        }
    }

    @Test
    @DisplayName("close ends the agent, and a second start is refused")
    void close() {
        AgentCore agent = rig.joinedAgent();
        Future<Void> closed = agent.close();
        rig.until(() -> closed.succeeded() && agent.ended().succeeded());
        Future<Void> again = agent.start();
        assertThat(failure(again).code()).isEqualTo(ErrorCode.CLOSED);
        int heartbeats = rig.server.heartbeats().size();
        rig.settle();
        assertThat(rig.server.heartbeats()).hasSize(heartbeats);
        assertThat(agent.close().succeeded()).isTrue();
    }

    @Test
    @DisplayName("closed before the server answered, joined fails; closed before the start, the start fails")
    void closeEarly() {
        rig.server.silent = true;
        AgentCore agent = rig.startAgent();
        agent.start();
        rig.queue.runFor(Duration.ofSeconds(10));
        Future<Void> closed = agent.close();
        rig.until(closed::succeeded);
        assertThat(failure(agent.joined()).code()).isEqualTo(ErrorCode.CLOSED);
        AgentCore never = rig.startAgent();
        never.close();
        Future<Void> started = never.start();
        rig.until(started::isComplete);
        assertThat(failure(started).code()).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    @DisplayName("what holds secrets is readable by its owner only")
    void permissions() throws IOException {
        rig.server.run("a", AgentRig.spec(it -> it.registryAuth("me", "s3cret")));
        rig.joinedAgent();
        rig.settle();
        for (String file : new String[] {"agent.json", "assignments.json"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rig.dataDir.resolve(file))))
                    .as(file)
                    .isEqualTo("rw-------");
        }
        assertThat(Files.readString(rig.dataDir.resolve("assignments.json"))).contains("s3cret");
    }

    @Test
    @DisplayName(
            "a damaged identity fails the start in words; a damaged assignment set is fetched anew and nothing is touched before")
    void damaged() throws IOException {
        rig.server.run("a", AgentRig.spec());
        rig.joinedAgent();
        rig.settle();
        rig.killAgent();
        Files.writeString(rig.dataDir.resolve("assignments.json"), "{\"revision\":7}");
        rig.server.silent = true;
        rig.startAgent().start();
        rig.settle();
        assertThat(rig.states()).containsExactly(ContainerState.RUNNING);
        rig.server.silent = false;
        rig.settle();
        assertThat(rig.server.lastHeartbeat().assignmentsRevision()).isEqualTo(2);
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(1);
        rig.killAgent();
        Files.writeString(rig.dataDir.resolve("agent.json"), "{");
        Future<Void> started = rig.startAgent().start();
        rig.until(started::isComplete);
        assertThat(failure(started).code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(failure(started).getMessage()).contains("agent.json");
    }

    @Test
    @DisplayName("a second agent with the same data folder is refused in words; a closed one gives it back")
    void locked(@TempDir Path folder) {
        AgentRig first = new AgentRig(1, folder);
        AgentCore holder = first.joinedAgent();
        AgentRig second = new AgentRig(2, folder);
        Future<Void> refused = second.startAgent().start();
        second.until(refused::isComplete);
        assertThat(failure(refused).code()).isEqualTo(ErrorCode.IN_USE);
        assertThat(failure(refused).getMessage()).contains(folder.toString());
        Future<Void> closed = holder.close();
        first.until(closed::succeeded);
        second.joinedAgent();
    }
}
