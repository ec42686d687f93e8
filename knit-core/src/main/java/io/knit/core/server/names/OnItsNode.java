package io.knit.core.server.names;

import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.core.rules.IpAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where an instance is reached by what its node is reached at: nowhere, unless something of it is there. Another's port would answer for it else. */
final class OnItsNode {
    private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private OnItsNode() {}

    /**
     * @param ports what is published
     * @param ofHost whether it is on its host's own network, with all its ports
     * @return null: other nodes don't reach it
     */
    static @Nullable String address(Node node, List<PortBinding> ports, boolean ofHost) {
        String mesh = node.facts().meshIp();
        if (mesh != null) {
            return ofHost || ports.stream().anyMatch(port -> isAt(port.hostIp(), mesh)) ? mesh : null;
        }
        // a node that is on no mesh is reached where a port of the instance is, if that is named
        return ports.stream()
                .map(PortBinding::hostIp)
                .filter(ip -> !EVERYWHERE.contains(ip) && !ip.startsWith("127.") && !ip.equals("::1"))
                .findFirst()
                .orElse(null);
    }

    private static boolean isAt(String published, String address) {
        return IpAddress.same(published, address)
                || EVERYWHERE.contains(published) && address.contains(":") == published.contains(":");
    }
}
