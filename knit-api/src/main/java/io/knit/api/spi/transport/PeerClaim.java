package io.knit.api.spi.transport;

import java.util.Objects;

/**
 * What a peer says of itself, as far as the transport could check it.
 *
 * @param name as the peer named itself, which is not checked: any text
 * @param key the public key that it proved to have; never empty
 * @param invited whether it proved to know the setting {@code join-token} that the server has; false if the server has none
 * @param address where it connects from: {@code 10.54.0.9:40312}
 */
public record PeerClaim(String name, String key, boolean invited, String address) {
    public PeerClaim {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(address, "address");
    }
}
