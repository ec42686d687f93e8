package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.RestartSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Subjects;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineEvent;
import io.knit.testkit.runtime.EngineFault;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of published ports whose address the host does not have, now or ever. */
class AgentAddressTest {
    /** The node's own, by its mesh. */
    private static final String MESH = "10.54.0.1";

    private static final String FOREIGN = "203.0.113.9";
    private static final int REBOOTED = 255;

    private final AgentRig rig = new AgentRig(1);

    private void run(DeploymentSpec spec, String... addresses) {
        rig.joinedAgent();
        PortBinding[] ports = new PortBinding[addresses.length];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = new PortBinding(addresses[i], 8080 + i, 80, Protocol.TCP);
        }
        rig.server.run("a", spec, ports);
        rig.server.tell("n1", Subjects.deployTo("n1"));
    }

    private InstanceStatus newest() {
        return Objects.requireNonNull(rig.server.newest("a"));
    }

    private void requireStartedAgain(String container) {
        rig.until(() -> rig.states().equals(List.of(ContainerState.RUNNING)));
        rig.settle();
        assertThat(rig.onlyContainer()).isEqualTo(container);
        assertThat(newest().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(rig.server.reported("a"))
                .extracting(InstanceStatus::state)
                .doesNotContain(InstanceState.REJECTED, InstanceState.FAILED);
        assertThat(rig.engine.history().count(EngineEvent.Kind.CREATED, labels -> true))
                .isEqualTo(1);
    }

    @Test
    @DisplayName(
            "what ran before waits for an address that is not up yet, and is started again as the container it was")
    void afterAReboot() {
        run(spec(), FOREIGN);
        rig.untilState("a", InstanceState.RUNNING);
        String container = rig.onlyContainer();
        rig.killAgent();
        rig.engine.withAddress(FOREIGN, false);
        rig.engine.end(container, REBOOTED);
        rig.joinedAgent();
        rig.untilReason(
                "a",
                "Port 203.0.113.9:8080 can't be bound: the node does not have this address; tries again in 4 s (attempt 4)");
        rig.engine.withAddress(FOREIGN, true);
        requireStartedAgain(container);
    }

    @Test
    @DisplayName("waiting for an address is none of the attempts that a spec counts")
    void noAttempts() {
        run(
                spec(it -> it.restart(
                        new RestartSpec(RestartSpec.Condition.ALWAYS, Duration.ofSeconds(1), 2, Duration.ofHours(1)))),
                MESH);
        rig.untilState("a", InstanceState.RUNNING);
        String container = rig.onlyContainer();
        rig.engine.withAddress(MESH, false);
        rig.engine.end(container, REBOOTED);
        rig.queue.runFor(Duration.ofMinutes(1));
        assertThat(newest().reason()).contains("the node does not have this address; tries again in");
        rig.engine.withAddress(MESH, true);
        requireStartedAgain(container);
    }

    @Test
    @DisplayName("a new container waits for the node's own mesh address, which is to come up")
    void ownMeshAddress() {
        rig.engine.withAddress(MESH, false);
        run(spec(), MESH, "127.0.0.1", "::1", "0:0::0");
        rig.untilReason("a", "the node does not have this address; tries again in 2 s (attempt 3)");
        assertThat(rig.states()).isEmpty();
        rig.engine.withAddress(MESH, true);
        rig.untilState("a", InstanceState.RUNNING);
        assertThat(rig.server.reported("a")).extracting(InstanceStatus::state).doesNotContain(InstanceState.REJECTED);
    }

    @Test
    @DisplayName("a new container with an address that was never the node's is rejected, for another node to take it")
    void foreignAddress() {
        rig.engine.withAddress(FOREIGN, false);
        run(spec(), MESH, FOREIGN);
        rig.untilState("a", InstanceState.REJECTED);
        assertThat(newest().reason())
                .isEqualTo(
                        "Port 203.0.113.9:8081 can't be bound: the node does not have this address; choose another host_ip");
        rig.settle();
        assertThat(rig.states()).isEmpty();
    }

    @Test
    @DisplayName("a container that was made and never ran is rejected for such an address, too")
    void foreignAddressOfWhatNeverRan() {
        rig.engine.withAddress(FOREIGN, false);
        rig.engine
                .script()
                .faults(call -> call == EngineCall.START
                        ? new EngineFault(EngineFault.Kind.HANG, Duration.ZERO)
                        : EngineFault.NONE);
        run(spec(), FOREIGN);
        rig.until(() -> rig.states().equals(List.of(ContainerState.CREATED)));
        rig.queue.runFor(Duration.ofSeconds(2));
        rig.engine.script().faults(call -> EngineFault.NONE);
        rig.untilState("a", InstanceState.REJECTED);
        rig.settle();
        assertThat(rig.states()).isEmpty();
    }
}
