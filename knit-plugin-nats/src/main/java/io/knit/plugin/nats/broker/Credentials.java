package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.access.Claim;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a client gave in CONNECT to prove who it is; empty where it gave nothing. */
record Credentials(String user, String password, String token, String key, String signature) {
    private static final List<String> FIELDS = List.of("user", "pass", "auth_token", "nkey", "sig");
    static final Credentials NONE = new Credentials("", "", "", "", "");

    /** What stands in CONNECT; null if a field is no text. */
    static @Nullable Credentials of(JsonObject json) {
        for (String field : FIELDS) {
            Object value = json.getValue(field);
            if (value != null && !(value instanceof String)) {
                return null;
            }
        }
        return new Credentials(
                text(json, "user"),
                text(json, "pass"),
                text(json, "auth_token"),
                text(json, "nkey"),
                text(json, "sig"));
    }

    private static String text(JsonObject json, String field) {
        return Objects.requireNonNullElse(json.getString(field), "");
    }

    boolean isEmpty() {
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
