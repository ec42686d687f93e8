package io.knit.core.server.join;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Capacity;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeState;
import io.knit.api.model.Peer;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.Heartbeat;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a node says of its containers' addresses, and whether it is believed. */
class SubnetClaimsTest {
    private static final Optional<Peer> UNKNOWN = Optional.empty();

    private ClusterState state = ClusterState.empty("c");

    private static Heartbeat beat(String node, @Nullable String... subnets) {
        return new Heartbeat(
                1,
                "c",
                node,
                "i",
                1,
                "h",
                Map.of(),
                1,
                1L << 30,
                "docker 1",
                "0.1.0",
                "10.54.0.7",
                "key",
                0,
                "",
                "",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Arrays.asList(subnets),
                null);
    }

    private static Optional<Peer> peer(String... networks) {
        return Optional.of(new Peer("key", "h", "10.54.0.7", null, List.of(networks)));
    }

    private void known(String id, String... subnets) {
        state = new Change.PutNode(node(
                        id,
                        NodeState.READY,
                        new NodeFacts(
                                id,
                                Map.of(),
                                new Capacity(1, 1),
                                "",
                                "",
                                null,
                                null,
                                "",
                                List.of(),
                                "",
                                "",
                                null,
                                List.of(),
                                "",
                                List.of(subnets),
                                "")))
                .applyTo(state);
    }

    private SubnetClaims of(Optional<Peer> owner, String node, String... subnets) {
        return SubnetClaims.of(state, owner, beat(node, subnets));
    }

    @Test
    @DisplayName("where no mesh says otherwise a node is believed; what is no subnet is nothing")
    void believed() {
        assertThat(of(UNKNOWN, "n1", "10.210.1.0/24", "fd00:1::/64", "0.0.0.0/0", "rm -rf"))
                .isEqualTo(new SubnetClaims(List.of("10.210.1.0/24", "fd00:1::/64"), ""));
        assertThat(of(Optional.of(new Peer("key", "h", "10.54.0.7", null)), "n1", "10.210.1.0/24")
                        .taken())
                .containsExactly("10.210.1.0/24");
        assertThat(of(UNKNOWN, "n1")).isEqualTo(new SubnetClaims(List.of(), ""));
    }

    @Test
    @DisplayName("the mesh must lead there, to all of it")
    void routed() {
        assertThat(of(peer("192.168.7.0/24", "10.210.0.0/16"), "n1", "10.210.1.0/24")
                        .taken())
                .containsExactly("10.210.1.0/24");
        SubnetClaims half = of(peer("10.210.1.0/25", "lan"), "n1", "10.210.1.0/24", "10.210.1.0/26");
        assertThat(half.taken()).containsExactly("10.210.1.0/26");
        assertThat(half.fault())
                .isEqualTo("the mesh does not lead to the container subnet 10.210.1.0/24: wg-mesh names it under"
                        + " none of its host's routable_networks");
        assertThat(of(peer(), "n1", "10.210.1.0/24").taken()).isEmpty();
    }

    @Test
    @DisplayName("who has a subnet keeps it from others, and may say it again")
    void taken() {
        known("n2", "10.210.0.0/16");
        SubnetClaims second = of(peer("10.0.0.0/8"), "n1", "10.210.1.0/24", "10.211.1.0/24");
        assertThat(second.taken()).containsExactly("10.211.1.0/24");
        assertThat(second.fault())
                .isEqualTo("the container subnet 10.210.1.0/24 is the node n2's; each host needs one of its own");
        assertThat(of(UNKNOWN, "n2", "10.210.0.0/16").taken()).containsExactly("10.210.0.0/16");
    }

    @Test
    @DisplayName("hosts' own mesh addresses are no containers'")
    void hosts() {
        assertThat(of(UNKNOWN, "n1", "10.54.0.0/16").fault()).contains("its host's own mesh address 10.54.0.7 is in");
    }
}
