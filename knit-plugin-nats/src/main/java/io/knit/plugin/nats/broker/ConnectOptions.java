package io.knit.plugin.nats.broker;

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
        ConnectFields said = ConnectFields.read(new String(bytes, start, end - start, StandardCharsets.UTF_8));
        return said == null ? null : with(said);
    }

    private ConnectOptions with(ConnectFields said) {
        return new ConnectOptions(
                said.flag("verbose", verbose),
                said.flag("pedantic", pedantic),
                said.flag("echo", echo),
                said.flag("headers", headers),
                said.flag("no_responders", noResponders),
                said.number("protocol", protocol),
                said.text("name", name),
                said.text("lang", lang),
                said.text("version", version));
    }
}
