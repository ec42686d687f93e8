package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.error.ErrorCode;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Order;
import io.knit.core.KnitAgent;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.disk.DataDir;
import io.knit.core.agent.disk.KeptSet;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.FullDisk;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The disk of an agent's data folder is full for a while. */
class AgentDiskTest {
    private static final String TROUBLE = "the agent's data folder can't be written";

    private final Path dataDir = Jimfs.newFileSystem(Configuration.unix().toBuilder()
                    .setAttributeViews("basic", "owner", "posix", "unix")
                    .setMaxSize(2 << 20)
                    .build())
            .getPath("/data/agent");
    private final AgentRig rig = new AgentRig(1, dataDir);
    private final LoggedLines log = LoggedLines.of(KeptSet.class);
    private final FullDisk disk = new FullDisk(dataDir.getFileSystem().getPath("/filler"));

    @AfterEach
    void close() {
        log.close();
    }

    private String condition() {
        return rig.server.lastHeartbeat().condition();
    }

    @Test
    @DisplayName(
            "what is assigned can't be kept: it says so, stops what is to stop, starts nothing, and goes on when there is room")
    void assignments() {
        rig.server.run("old", spec());
        rig.joinedAgent();
        rig.untilState("old", InstanceState.RUNNING);
        disk.fill();
        rig.server.stop("old");
        // larger than what the set of before leaves when it makes room
        rig.server.run("new", spec(it -> it.env("LARGE", "x".repeat(100_000))));
        rig.until(() -> condition().contains(TROUBLE));
        rig.untilReason("new", TROUBLE);
        assertThat(log.taken())
                .singleElement(as(STRING))
                .contains("the data folder can't be written (")
                .endsWith("stopping and removing go on");
        rig.untilState("old", InstanceState.STOPPED);
        rig.settle();
        assertThat(rig.engine.containers()).isEmpty();

        disk.free();
        rig.untilState("new", InstanceState.RUNNING);
        rig.until(() -> condition().isEmpty());
        assertThat(rig.states()).hasSize(1);
    }

    @Test
    @DisplayName("killed while its disk is full, an agent does not start what was stopped, and adopts what runs")
    void killed() {
        rig.server.run("old", spec());
        rig.server.run("stays", spec());
        rig.joinedAgent();
        rig.untilState("old", InstanceState.RUNNING);
        rig.untilState("stays", InstanceState.RUNNING);
        disk.fill();
        rig.server.stop("old");
        rig.server.run("new", spec(it -> it.env("LARGE", "x".repeat(100_000))));
        rig.untilState("old", InstanceState.STOPPED);
        rig.killAgent();
        rig.server.silent = true;
        disk.free();
        rig.startAgent().start();
        rig.settle();
        assertThat(rig.states()).hasSize(1);
        rig.server.silent = false;
        rig.untilState("new", InstanceState.RUNNING);
        assertThat(rig.states()).hasSize(2);
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(3);
    }

    @Test
    @DisplayName("a start that can't be kept is not newer than the next one, though the clock is set back between them")
    void unkeptStart() throws IOException {
        DataDir folder = DataDir.lock(dataDir);
        folder.identify("n1", startedAt(1_000));
        disk.fill();
        DataDir.Identified unkept = folder.identify("n1", startedAt(9_000));
        assertThat(unkept.trouble()).contains("out of disk space");
        disk.free();

        assertThat(folder.identify("n1", startedAt(5_000)).identity().session())
                .isGreaterThanOrEqualTo(unkept.identity().session());
        assertThat(unkept.identity().session()).isGreaterThan(1_000);
    }

    private static AgentIdentity startedAt(long millis) {
        return new AgentIdentity("n1", "mine", null, millis);
    }

    @Test
    @DisplayName("files can't be rendered: it says so, and goes on when there is room")
    void rendering() {
        AtomicInteger size = new AtomicInteger(3 << 20);
        rig.renderer = (template, model, values) -> "x".repeat(size.get());
        rig.server.run("a", spec(it -> it.template("/a", "a")));
        rig.joinedAgent();
        rig.until(() -> condition().contains(TROUBLE));
        rig.untilReason("a", TROUBLE);
        size.set(1);
        rig.untilState("a", InstanceState.RUNNING);
        rig.until(() -> condition().isEmpty());
    }

    @Test
    @DisplayName("an instance whose files can't be rendered can be stopped, and the node is well again")
    void stopsTheUnrendered() {
        rig.renderer = (template, model, values) -> "x".repeat(3 << 20);
        rig.server.run("a", spec(it -> it.template("/a", "a")));
        rig.joinedAgent();
        rig.until(() -> condition().contains(TROUBLE));
        rig.server.stop("a");
        rig.untilState("a", InstanceState.STOPPED);
        rig.until(() -> condition().isEmpty());
        assertThat(rig.renderedFiles()).isEmpty();
    }

    @Test
    @DisplayName(
            "an agent that starts while its disk is full adopts and stops, says so in its condition, and heals by itself")
    void startsOnAFullDisk() {
        rig.server.run("stays", spec());
        rig.server.run("old", spec());
        rig.joinedAgent();
        rig.untilState("stays", InstanceState.RUNNING);
        rig.untilState("old", InstanceState.RUNNING);
        long session = rig.server.lastHeartbeat().session();
        rig.killAgent();
        disk.fill();
        AgentCore agent = rig.startAgent();
        Future<Void> started = agent.start();
        rig.until(() -> agent.joined().succeeded() && condition().contains(TROUBLE));
        assertThat(started.succeeded()).isTrue();
        rig.settle();
        assertThat(condition()).contains(TROUBLE);
        assertThat(rig.states()).hasSize(2);

        rig.server.stop("old");
        rig.untilState("old", InstanceState.STOPPED);
        disk.free();
        rig.until(() -> condition().isEmpty());
        rig.server.run("new", spec());
        rig.untilState("new", InstanceState.RUNNING);
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(3);
        long second = rig.server.lastHeartbeat().session();
        assertThat(second).isGreaterThan(session);
        // and what it is called is on the disk by now
        rig.setClock(Duration.ofDays(-1));
        rig.killAgent();
        rig.joinedAgent();
        assertThat(rig.server.lastHeartbeat().session()).isGreaterThan(second);
    }

    @Test
    @DisplayName("a new agent on a full disk can't be anybody: it goes on to try, and joins when there is room")
    void newOnAFullDisk() throws IOException {
        Files.createDirectories(dataDir);
        disk.fill();
        AgentCore agent = rig.startAgent();
        Future<Void> started = agent.start();
        rig.settle();
        assertThat(started.isComplete()).isFalse();
        assertThat(rig.server.heartbeats()).isEmpty();
        disk.free();
        rig.until(() -> agent.joined().succeeded());
        assertThat(started.succeeded()).isTrue();
        assertThat(condition()).isEmpty();
    }

    @Test
    @DisplayName("one that waits for room can be closed")
    void closedWhileItWaits() throws IOException {
        Files.createDirectories(dataDir);
        disk.fill();
        AgentCore agent = rig.startAgent();
        Future<Void> started = agent.start();
        rig.queue.runFor(Duration.ofSeconds(10));
        Future<Void> closed = agent.close();
        rig.until(() -> closed.succeeded() && started.failed());
        disk.free();
        rig.settle();
        assertThat(rig.server.heartbeats()).isEmpty();
    }

    @Test
    @DisplayName("a folder that can't be one fails the start at once, as before")
    void wrongFolder() throws IOException {
        Files.createDirectories(dataDir.getParent());
        Files.writeString(dataDir, "a file");
        Future<Void> started = rig.startAgent().start();
        rig.until(started::isComplete);
        assertThat(failure(started).code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
    }

    @Test
    @DisplayName("an embedded one waits as well, before it has a transport made for it")
    void embedded() throws IOException {
        Files.createDirectories(dataDir);
        disk.fill();
        SimulatedLoop loop = new SimulatedLoop(rig.queue);
        KnitAgent agent = KnitAgent.builder()
                .nodeId(AgentRig.NODE)
                .loop(loop)
                .transport(rig.bus.connect(AgentRig.NODE))
                .runtime(new FakeRuntime(rig.engine, loop))
                .discovery(rig.discovery)
                .dataDir(dataDir)
                .build();
        Future<KnitAgent> started = agent.start();
        rig.settle();
        assertThat(started.isComplete()).isFalse();
        assertThat(agent.endpoints()).isEmpty();
        disk.free();
        rig.until(() -> agent.joined().succeeded());
        assertThat(started.succeeded()).isTrue();
    }

    @Test
    @DisplayName("however many sets came meanwhile, the disk is tried once at a time")
    void oneTry() throws IOException {
        SimulatedLoop loop = new SimulatedLoop(rig.queue);
        DataDir folder = DataDir.lock(dataDir);
        disk.fill();
        AtomicInteger tries = new AtomicInteger();
        KeptSet kept = new KeptSet(loop, folder, Duration.ofSeconds(1), trouble -> tries.incrementAndGet());
        for (int i = 1; i <= 20; i++) {
            Assignment order = new Assignment(
                    "a", "web", i, 0, Order.RUN, spec(it -> it.env("LARGE", "x".repeat(100_000))), "", List.of());
            kept.keep(AssignmentSet.of(i, List.of(order)), Map.of());
        }
        rig.queue.runFor(Duration.ofMillis(900));
        int first = tries.get();
        rig.queue.runFor(Duration.ofSeconds(10));
        assertThat(tries.get() - first).isBetween(8, 12);
        kept.stop();
        folder.unlock();
    }
}
