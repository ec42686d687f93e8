package io.knit.plugin.nats.broker;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
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

    /** Reads CONNECT's JSON over these options; null if it is no JSON object or a field has a wrong type. */
    @Nullable
    ConnectOptions with(byte[] bytes, int start, int end) {
        String text = new String(bytes, start, end - start, StandardCharsets.UTF_8).strip();
        if (text.equals("null")) {
            return this;
        }
        try {
            return with(new JsonObject(text));
        } catch (DecodeException | ClassCastException e) {
            return null;
        }
    }

    private ConnectOptions with(JsonObject json) {
        return new ConnectOptions(
                json.getBoolean("verbose", verbose),
                json.getBoolean("pedantic", pedantic),
                json.getBoolean("echo", echo),
                json.getBoolean("headers", headers),
                json.getBoolean("no_responders", noResponders),
                json.getInteger("protocol", protocol),
                json.getString("name", name),
                json.getString("lang", lang),
                json.getString("version", version));
    }
}
