package io.knit.plugin.nats.broker.access;

import java.util.Objects;

/**
 * What a client said of itself in CONNECT; empty where it said nothing. Only {@link #key} and {@link #certificate} are proven.
 *
 * @param clientName the name the client gave itself
 * @param address its address and port: {@code 127.0.0.1:40312}
 * @param user a user's name
 * @param password the user's password, as it was sent
 * @param token a token, as it was sent
 * @param key the public nkey ({@code U…}) that signed this connection's nonce: the broker has checked the signature
 * @param certificate the subject of the client's TLS certificate, as RFC 2253 writes it: {@code CN=n1,O=Knit}; the broker has checked that
 *     one of its authorities vouches for it, or that it is the broker's own
 */
public record Claim(
        String clientName, String address, String user, String password, String token, String key, String certificate) {
    public Claim {
        Objects.requireNonNull(clientName, "clientName");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(certificate, "certificate");
    }

    /** Of a client without a certificate. */
    public Claim(String clientName, String address, String user, String password, String token, String key) {
        this(clientName, address, user, password, token, key, "");
    }

    /** The same, with the subject of a certificate. */
    public Claim withCertificate(String subject) {
        return new Claim(clientName, address, user, password, token, key, subject);
    }

    /** Whether the client gave no credentials; a certificate is none. */
    public boolean isEmpty() {
        return user.isEmpty() && password.isEmpty() && token.isEmpty() && key.isEmpty();
    }

    /** Without what was claimed: a password may stand in any field. */
    @Override
    public String toString() {
        return "Claim[address=" + address + ", key=" + key + ']';
    }
}
