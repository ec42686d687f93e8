package io.knit.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.NetworkSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whatever a server orders, a container has of the host only what the host's agent was started to allow. */
class AgentAllowsTest {
    private static final DeploymentSpec MUCH = AgentRig.spec(it -> it.isolation(new IsolationSpec(
                    true, List.of("NET_ADMIN"), List.of(), List.of(), List.of("/dev/dri/card0"), Map.of()))
            .network(new NetworkSpec(NetworkSpec.HOST, "", List.of(), List.of())));

    private final AgentRig rig = new AgentRig(1);

    @Test
    @DisplayName("what is not allowed is rejected with the flag and the host, and nothing of it is made")
    void refused() {
        rig.allow = List.of("cap:ALL", "network:host");
        rig.server.run("much", MUCH);
        rig.server.run("good", AgentRig.spec());
        rig.joinedAgent();
        rig.untilState("good", InstanceState.RUNNING);
        rig.untilState("much", InstanceState.REJECTED);

        assertThat(Objects.requireNonNull(rig.server.newest("much")).reason())
                .contains(
                        "the agent of " + AgentRig.NODE
                                + " doesn't allow privileged, device:/dev/dri/card0: start it with --allow privileged,device:/dev/dri/card0");
        assertThat(rig.engine.containers()).hasSize(1);
    }

    @Test
    @DisplayName("what is allowed runs")
    void allowed() {
        rig.allow = List.of("privileged", "cap:ALL", "network:host", "device:/dev/dri");
        rig.server.run("much", MUCH);
        rig.joinedAgent();
        rig.untilState("much", InstanceState.RUNNING);
    }
}
