package io.knit.plugin.nats.broker.access;

import java.util.Objects;

/**
 * What a client said of itself in CONNECT; empty where it said nothing. Only {@link #key} is proven.
 *
 * @param clientName the name the client gave itself
 * @param address its address and port: {@code 127.0.0.1:40312}
 * @param user a user's name
 * @param password the user's password, as it was sent
 * @param token a token, as it was sent
 * @param key the public nkey ({@code U…}) that signed this connection's nonce: the broker has checked the signature
 */
public record Claim(String clientName, String address, String user, String password, String token, String key) {
    public Claim {
        Objects.requireNonNull(clientName, "clientName");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(key, "key");
    }

    /** Whether the client gave nothing that could prove anything. */
    public boolean isEmpty() {
        return user.isEmpty() && password.isEmpty() && token.isEmpty() && key.isEmpty();
    }

    /** Without what was claimed: a password may stand in any field. */
    @Override
    public String toString() {
        return "Claim[address=" + address + ", key=" + key + ']';
    }
}
