package io.knit.core.server.join;

import io.knit.api.model.Node;
import io.knit.api.model.Peer;
import io.knit.core.rules.IpAddress;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.Heartbeat;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * To whom a mesh address belongs: to the host that the server's own mesh knows under it, else to the node that first said so, until that is
 * forgotten. What an agent says of itself is not enough: deployments bound to an address go to the node that has it, with all their secrets. (Pure.)
 */
public final class MeshClaims {
    private MeshClaims() {}

    /**
     * Why the node does not get the address it names, or empty: it does, or it names none.
     *
     * @param owner whom the mesh knows under that address
     */
    public static Optional<String> refusal(ClusterState state, Optional<Peer> owner, Heartbeat beat) {
        String ip = beat.meshIp();
        String key = beat.meshKey();
        if (owner.isPresent() && !owner.get().key().equals(key)) {
            return Optional.of("it names the mesh address " + ip
                    + ", which the server's mesh knows as another host's; look at its wg-mesh");
        }
        Node known = state.node(beat.node());
        if (known != null && Objects.equals(ip, known.meshIp()) && Objects.equals(key, known.meshKey())) {
            return Optional.empty();
        }
        if (ip == null && key == null) {
            return Optional.empty();
        }
        return state.nodes().values().stream()
                .filter(other -> !other.id().equals(beat.node()))
                .filter(other -> isTaken(other, ip, key, owner.isPresent()))
                .findFirst()
                .map(other ->
                        "it names the mesh address " + (ip == null ? "of key " + key : ip) + ", which is the node "
                                + other.id() + "'s. If the host of " + other.id()
                                + " was set up anew, forget the old node when it is down: DELETE /nodes/" + other.id()
                                + ". If not, one host has two agents, or somebody else uses the address");
    }

    /** By address only while the mesh does not say whose it is: who left an address keeps it from nobody. */
    private static boolean isTaken(Node other, @Nullable String ip, @Nullable String key, boolean settled) {
        boolean sameKey = key != null && key.equals(other.meshKey());
        return sameKey || (!settled && IpAddress.same(ip, other.meshIp()));
    }
}
