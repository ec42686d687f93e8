package io.knit.plugin.nats.broker;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a client said of itself in CONNECT; until then, and for what it left out, nats-server's defaults. */
record ConnectOptions(
        boolean verbose,
        boolean pedantic,
        boolean echo,
        boolean headers,
        boolean noResponders,
        int protocol,
        String name,
        String lang,
        String version) {
    static final ConnectOptions DEFAULTS = new ConnectOptions(true, true, true, false, false, 0, "", "", "");

    /** CONNECT's JSON object; null if it is none. */
    static @Nullable JsonObject json(byte[] bytes, int start, int end) {
        String text = new String(bytes, start, end - start, StandardCharsets.UTF_8).strip();
        if (text.equals("null")) {
            return new JsonObject();
        }
        try {
            return new JsonObject(text);
        } catch (DecodeException e) {
            return null;
        }
    }

    /** These options with what the client says anew; null if a field has a wrong type. */
    @Nullable
    ConnectOptions with(JsonObject json) {
        try {
            return new ConnectOptions(
                    Objects.requireNonNullElse(json.getBoolean("verbose"), verbose),
                    Objects.requireNonNullElse(json.getBoolean("pedantic"), pedantic),
                    Objects.requireNonNullElse(json.getBoolean("echo"), echo),
                    Objects.requireNonNullElse(json.getBoolean("headers"), headers),
                    Objects.requireNonNullElse(json.getBoolean("no_responders"), noResponders),
                    Objects.requireNonNullElse(json.getInteger("protocol"), protocol),
                    Objects.requireNonNullElse(json.getString("name"), name),
                    Objects.requireNonNullElse(json.getString("lang"), lang),
                    Objects.requireNonNullElse(json.getString("version"), version));
        } catch (ClassCastException e) {
            return null;
        }
    }
}
