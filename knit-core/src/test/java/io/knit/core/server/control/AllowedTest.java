package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.core.server.Fixtures;
import io.knit.core.server.state.WaitWords;
import io.knit.core.spec.SpecTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What reaches its host goes where the host's agent allows it, and waits in words until one does. */
class AllowedTest {
    private static final DeploymentSpec VPN = DeploymentSpec.builder("vpn", "vpn:1")
            .isolation(new IsolationSpec(
                    false,
                    List.of("NET_ADMIN"),
                    List.of(),
                    List.of(),
                    List.of("/dev/net/tun"),
                    Map.of(),
                    "host",
                    "host"))
            .build();

    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});

    private static Node allowing(String id, String... words) {
        Node plain = node(id, Map.of());
        return plain.with(allowing(Fixtures.able(plain.facts(), SpecTable.features()), words));
    }

    static NodeFacts allowing(NodeFacts able, String... words) {
        return new NodeFacts(
                able.hostname(),
                able.labels(),
                able.capacity(),
                able.engineVersion(),
                able.agentVersion(),
                able.meshIp(),
                able.meshKey(),
                able.condition(),
                able.features(),
                able.os(),
                able.arch(),
                able.reserve(),
                List.of(words));
    }

    private Instance one() {
        return cluster.instances("vpn").get(0);
    }

    @Test
    void itGoesWhereItIsAllowed() {
        cluster.join(allowing("n1"));
        cluster.join(allowing("n2", "cap:NET_ADMIN", "device:/dev/net", "pid:host", "ipc:host"));
        cluster.join(allowing("n3", "cap:NET_ADMIN", "device:/dev/net", "pid:host"));
        cluster.run(new Command.Deploy(VPN, null));
        cluster.settle();

        assertThat(one().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(one().node()).isEqualTo("n2");
    }

    @Test
    void itWaitsInWordsUntilAnAgentAllowsIt() {
        cluster.join(allowing("n1", "privileged"));
        cluster.run(new Command.Deploy(VPN, null));
        cluster.settle();
        assertThat(WaitWords.whole(one(), cluster.state().waitsOf("vpn")).reason())
                .contains(
                        "n1 doesn't allow cap:NET_ADMIN, device:/dev/net/tun, pid:host, ipc:host (--allow cap:NET_ADMIN,device:/dev/net/tun,pid:host,ipc:host on its agent)");

        cluster.join(allowing("n1", "all"));
        cluster.settle();
        assertThat(one().state()).isEqualTo(InstanceState.RUNNING);
    }
}
