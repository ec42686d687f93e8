package io.knit.plugin.nats.broker.login;

import io.knit.plugin.nats.broker.access.Claim;

/** What a client gave in CONNECT to prove who it is; empty where it gave nothing. */
public record Credentials(String user, String password, String token, String key, String signature) {
    static final Credentials NONE = new Credentials("", "", "", "", "");

    /** What stands in CONNECT. */
    public static Credentials of(ConnectFields said) {
        return new Credentials(
                said.text("user", ""),
                said.text("pass", ""),
                said.text("auth_token", ""),
                said.text("nkey", ""),
                said.text("sig", ""));
    }

    public boolean isEmpty() {
        return equals(NONE);
    }

    /** What the authenticator gets to see; the key only if it is proven. */
    Claim claim(String clientName, String address, boolean proven) {
        return new Claim(clientName, address, user, password, token, proven ? key : "");
    }

    @Override
    public String toString() {
        return "Credentials";
    }
}
