package io.knit.core.agent.relay;

import io.knit.api.model.PortBinding;
import io.knit.core.rules.IpAddress;
import java.util.Objects;

/**
 * Where the agent listens.
 *
 * @param ip in its one spelling
 */
record RelayPlace(String ip, int port) {
    static RelayPlace of(PortBinding binding) {
        return new RelayPlace(
                Objects.requireNonNullElse(IpAddress.canonical(binding.hostIp()), binding.hostIp()),
                binding.hostPort());
    }

    /** As people write it. */
    @Override
    public String toString() {
        return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port;
    }
}
