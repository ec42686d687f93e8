package io.knit.plugin.nats.broker.login;

/** What a client said of itself in CONNECT; until then, and for what it left out, nats-server's defaults. */
public record ConnectOptions(
        boolean verbose,
        boolean pedantic,
        boolean echo,
        boolean headers,
        boolean noResponders,
        int protocol,
        String name,
        String lang,
        String version) {
    public static final ConnectOptions DEFAULTS = new ConnectOptions(true, true, true, false, false, 0, "", "", "");

    /** These options with what the client says anew. */
    public ConnectOptions with(ConnectFields said) {
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
