package io.knit.core.server.plan;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.core.rules.IpAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds instances whose ports are published on a mesh address that their node does not have any more. An address that is only away
 * for a moment moves nothing: another one must have taken its place.
 */
final class MovedAddress {
    private static final String LOOPBACK = "127.0.0.1";

    private MovedAddress() {}

    /** Why the instance must be placed anew, in words; empty if it need not. */
    static Optional<String> of(Instance instance, @Nullable DeploymentSpec spec, @Nullable Node node) {
        String present = node == null ? null : node.meshIp();
        if (spec == null || node == null || present == null) {
            return Optional.empty();
        }
        List<PortSpec> wished = spec.published();
        List<PortBinding> bound = instance.ports();
        for (int i = 0; i < Math.min(wished.size(), bound.size()); i++) {
            String ip = bound.get(i).hostIp();
            // loopback is what a node without a mesh address was given
            if (isMesh(wished.get(i)) && !IpAddress.same(ip, present) && !ip.equals(LOOPBACK)) {
                return Optional.of(
                        "the mesh address of its node " + node.id() + " moved from " + ip + " to " + present);
            }
        }
        return Optional.empty();
    }

    private static boolean isMesh(PortSpec port) {
        return port.hostIp() == null || port.hostIp().equals(PortSpec.MESH);
    }
}
