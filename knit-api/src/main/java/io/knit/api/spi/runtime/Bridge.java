package io.knit.api.spi.runtime;

import java.util.Objects;

/**
 * A network by which containers reach their host.
 *
 * @param gateway the host's address on it
 * @param subnet those of its containers, as address and bits: {@code 172.17.0.0/16}
 */
public record Bridge(String gateway, String subnet) {
    public Bridge {
        Objects.requireNonNull(gateway, "gateway");
        Objects.requireNonNull(subnet, "subnet");
    }
}
