package io.knit.launcher.settings;

import io.knit.api.spi.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every setting, once: its flag, environment variable and config key all come from its name here. */
public enum Setting {
    HTTP_ADDR(
            "HOST:PORT",
            Set.of(Role.SERVER),
            "127.0.0.1:8080",
            "Where the REST API and the dashboard listen; port 0 takes a free one."),
    HTTP_RATE(
            "COUNT",
            Set.of(Role.SERVER),
            "1000",
            "So many requests a second of one client of the REST API, and twice as many at once; 0 is any number. Who asks from"
                    + " this host is not counted."),
    TOKENS(
            "true|false",
            Set.of(Role.SERVER),
            "false",
            "Everybody must show a token over HTTP; the first, which may everything, is then in admin.token in the data folder."),
    HTTP_TLS_CERT(
            "FILE",
            Set.of(Role.SERVER),
            null,
            "PEM file with the HTTP server's certificate, with --http-tls-key; it then speaks HTTPS. Read anew when it changes."),
    HTTP_TLS_KEY("FILE", Set.of(Role.SERVER), null, "PEM file (PKCS#8) with the key to --http-tls-cert."),
    HTTP_TLS_CA(
            "FILE",
            Set.of(Role.SERVER),
            null,
            "PEM file with an authority: over HTTPS only who shows a certificate of it is let in."),
    INSECURE(
            "true|false",
            Set.of(Role.SERVER),
            "false",
            "Listen on a wildcard or public HTTP address without tokens and TLS: something else keeps strangers out."),
    NATS_ADDR(
            "HOST:PORT",
            Set.of(Role.SERVER),
            "127.0.0.1:4222",
            "Where the embedded NATS broker listens; port 0 takes a free one."),
    NATS_MONITOR_ADDR(
            "HOST:PORT",
            Set.of(Role.SERVER),
            null,
            "Where the embedded NATS broker answers questions over HTTP (/varz, /connz, /subsz, /healthz, /metrics) to"
                    + " whoever asks; nowhere unless told. Port 0 takes a free one."),
    NATS_URL(
            "URL",
            Set.of(Role.SERVER, Role.AGENT),
            null,
            "The NATS broker to connect to.",
            "An outside one, instead of its own.",
            "The server's, by default nats://127.0.0.1:4222"),
    JOIN_TOKEN(
            "TOKEN",
            Set.of(Role.SERVER, Role.AGENT),
            null,
            "A secret of 16 characters or more. Others on this host see flags, so better give it as KNIT_JOIN_TOKEN or in"
                    + " the config file.",
            "Agents that it does not know yet are let in only with it; anybody unless told.",
            "The server's."),
    NATS_TLS_CERT(
            "FILE",
            Set.of(Role.SERVER, Role.AGENT),
            null,
            "PEM file with the certificate to show over TLS, with --nats-tls-key.",
            "Its own broker then insists on TLS.",
            "For a broker that asks for one."),
    NATS_TLS_KEY("FILE", Set.of(Role.SERVER, Role.AGENT), null, "PEM file (PKCS#8) with the key to --nats-tls-cert."),
    NATS_TLS_CA(
            "FILE",
            Set.of(Role.SERVER, Role.AGENT),
            null,
            "PEM file with the authority to trust over TLS.",
            "Its own broker then lets in only who has a certificate of it.",
            "The broker must have one; unless told any of this JVM's authorities will do."),
    LABELS("KEY=VALUE,…", Set.of(Role.AGENT), null, "What deployments select this node by: region=eu,ssd=true."),
    ALLOW(
            "WORD,…",
            Set.of(Role.AGENT),
            null,
            "What containers may have of this host, such as privileged, cap:NET_ADMIN, device:/dev/dri, network:host,"
                    + " security:seccomp=unconfined, or all; nothing unless told."),
    CONTAINER_SUBNET(
            "SUBNET,…",
            Set.of(Role.AGENT),
            null,
            "Addresses of this host's containers to which the mesh leads, such as 10.210.1.0/24:"
                    + " containers of other hosts are told them. None unless told."),
    ALLOW_HOST_ACCESS(
            "WORD,…",
            Set.of(Role.SERVER),
            null,
            "What everybody who may deploy may ask of hosts, such as privileged or cap:NET_ADMIN, where their agents allow it;"
                    + " only an admin may unless told."),
    SECRETS_KEY_FILE(
            "FILE",
            Set.of(Role.SERVER),
            null,
            "The keys of secrets: Base64 of 32 bytes on each line. The first seals, the others still open. Unless told"
                    + " secrets.key in the data folder, which the first secret makes."),
    SECRETS_KEY(
            "KEY,…",
            Set.of(Role.SERVER),
            null,
            "The same keys with commas between. Others on this host see flags, so give it as KNIT_SECRETS_KEY."),
    REGISTRY_CONFIG(
            "FILE",
            Set.of(Role.AGENT),
            null,
            "As whom to pull images of registries that the server was told no login for: a file like Docker's config.json, with"
                    + " credHelpers, credsStore and auths. Nobody unless told."),
    KEEP_IMAGES(
            "DURATION",
            Set.of(Role.AGENT),
            "24h",
            "How long an image stays that the agent has pulled and nothing on the host uses any more; 0s: for ever."),
    NODE_ID(
            "NAME",
            Set.of(Role.AGENT),
            null,
            "The node's name; unless told made at the first start and kept in the data folder."),
    GPUS("COUNT", Set.of(Role.AGENT), "0", "How many accelerators this host has, for deployments that ask for some."),
    RESERVE_CPU(
            "CORES",
            Set.of(Role.AGENT),
            "0.1",
            "What this host keeps for itself of its processors: it is reserved for no instance."),
    RESERVE_MEMORY(
            "SIZE",
            Set.of(Role.AGENT),
            "256MiB",
            "What this host keeps for itself of its memory: it is reserved for no instance."),
    DOCKER_HOST(
            "URL", Set.of(Role.AGENT), null, "The Docker Engine; the one at unix:///var/run/docker.sock unless told."),
    WG_MESH_SOCKET(
            "PATH",
            Set.of(Role.SERVER, Role.AGENT),
            null,
            "The wg-mesh daemon's socket; /var/run/wgmesh.sock unless told. Knit also works without one."),
    DATA_DIR(
            "DIR",
            Set.of(Role.SERVER, Role.AGENT),
            null,
            "Where everything is kept.",
            "/var/lib/knit/server unless told, or knit/server in the user's data folder where that can't be written.",
            "/var/lib/knit/agent unless told, or knit/agent in the user's data folder where that can't be written."),
    LOG(
            "text|json",
            Set.of(Role.SERVER, Role.AGENT),
            "text",
            "How the log is written on stderr: a line for people, or a JSON object in a line, for each event."),
    PLUGINS(
            "DIR",
            Set.of(Role.SERVER, Role.AGENT),
            null,
            "A folder of plugins, each one jar; the folder plugins beside knit.jar unless told, if it is there."),
    PLUGIN_CONFIG(
            "KEY=VALUE,…",
            Set.of(Role.SERVER, Role.AGENT),
            null,
            "Settings of plugins, such as hosts-file=/etc/hosts; store=NAME, transport=NAME or runtime=NAME says which to use"
                    + " of several."),
    STORE_URL("URL", Set.of(Role.SERVER), null, "The database, as a JDBC URL; SQLite in the data folder unless told."),
    NEW_CLUSTER(
            "true|false",
            Set.of(Role.SERVER),
            null,
            "It is meant that the store is empty though there was a cluster in it: a new one begins. A store with a cluster"
                    + " in it is used as it is."),
    DISCOVERY_INTERVAL("DURATION", Set.of(Role.SERVER), "30s", "Between two looks at the mesh."),
    SUSPECT_AFTER("DURATION", Set.of(Role.SERVER), "7s", "Without a heartbeat a node then takes no new work."),
    DOWN_AFTER("DURATION", Set.of(Role.SERVER), "12s", "Without a heartbeat a node's work is then replaced elsewhere."),
    HEARTBEAT_INTERVAL("DURATION", Set.of(Role.AGENT), "3s", "Between two heartbeats."),
    USER("NAME", Set.of(), null, "Lets in only who gives this name and the password."),
    PASS(
            "TEXT",
            Set.of(),
            null,
            "The password. Others of this machine see it in the list of processes: better --pass-file."),
    PASS_FILE("FILE", Set.of(), null, "A file whose first line is the password."),
    TOKEN(
            "TEXT",
            Set.of(),
            null,
            "Lets in only who gives this token. Seen by others as --pass is: better --token-file. As a variable"
                    + " KNIT_NATS_TOKEN."),
    TOKEN_FILE("FILE", Set.of(), null, "A file whose first line is the token; as a variable KNIT_NATS_TOKEN_FILE."),
    USERS_FILE(
            "FILE",
            Set.of(),
            null,
            "A JSON file of users with what each may do, instead of --user and --token; knit-plugin-nats/README.md shows it."),
    PING_INTERVAL("DURATION", Set.of(), "2m", "After this silence a client is pinged."),
    PING_MAX("COUNT", Set.of(), "2", "A client that leaves so many pings unanswered is disconnected."),
    MAX_PAYLOAD("SIZE", Set.of(), "1MiB", "The largest message, with its header; up to 64MiB."),
    MAX_PENDING(
            "SIZE",
            Set.of(),
            "64MiB",
            "So much may wait for a client that reads slowly, at least 1KiB; then it is disconnected."),
    MAX_MEMORY(
            "SIZE",
            Set.of(),
            null,
            "So much may be held for all clients together, at least 16MiB; then the one for whom most is held is disconnected. Half"
                    + " of what the JVM may use unless given."),
    MAX_CLIENTS("COUNT", Set.of(), "0", "So many clients at once; 0 is any number."),
    MAX_SUBSCRIPTIONS("COUNT", Set.of(), "0", "So many subscriptions of one client; 0 is any number."),
    MAX_OPERATIONS("COUNT", Set.of(), "0", "So many operations a second of one client; 0 is any number."),
    TLS_CERT("FILE", Set.of(), null, "The certificate, PEM; with it clients must use TLS. Read anew when it changes."),
    TLS_KEY("FILE", Set.of(), null, "The certificate's private key, PEM."),
    TLS_CA("FILE", Set.of(), null, "Lets in only who shows a certificate of this authority, PEM.");

    /** What {@code knit nats start} takes. */
    public static final List<Setting> BROKER = List.of(
            NATS_ADDR,
            NATS_MONITOR_ADDR,
            USER,
            PASS,
            PASS_FILE,
            TOKEN,
            TOKEN_FILE,
            USERS_FILE,
            TLS_CERT,
            TLS_KEY,
            TLS_CA,
            PING_INTERVAL,
            PING_MAX,
            MAX_PAYLOAD,
            MAX_PENDING,
            MAX_MEMORY,
            MAX_CLIENTS,
            MAX_SUBSCRIPTIONS,
            MAX_OPERATIONS,
            LOG);

    private final String valueLabel;
    private final boolean forServer;
    private final boolean forAgent;
    private final @Nullable String otherwise;
    private final String description;
    private final String toServer;
    private final String toAgent;

    Setting(String valueLabel, Set<Role> roles, @Nullable String otherwise, String description) {
        this(valueLabel, roles, otherwise, description, "", "");
    }

    /** One that means different things to a server and to an agent. */
    Setting(
            String valueLabel,
            Set<Role> roles,
            @Nullable String otherwise,
            String description,
            String toServer,
            String toAgent) {
        this.valueLabel = valueLabel;
        this.forServer = roles.contains(Role.SERVER);
        this.forAgent = roles.contains(Role.AGENT);
        this.otherwise = otherwise;
        this.description = description;
        this.toServer = toServer;
        this.toAgent = toAgent;
    }

    /** Its key in a config file, and for plugins: {@code http-addr}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code --http-addr}. */
    public String flag() {
        return "--" + key();
    }

    /** {@code KNIT_HTTP_ADDR}. A broker's token has another: KNIT_TOKEN is what who types shows a server, and is exported in his shell. */
    public String variable() {
        return (this == TOKEN || this == TOKEN_FILE ? "KNIT_NATS_" : "KNIT_") + name();
    }

    public String valueLabel() {
        return valueLabel;
    }

    /** In words for who plays these roles. */
    public String description(Set<Role> roles) {
        boolean both = roles.containsAll(Set.of(Role.SERVER, Role.AGENT));
        StringBuilder words = new StringBuilder(description);
        if (roles.contains(Role.SERVER) && !toServer.isEmpty()) {
            words.append(both ? " Server: " + lowered(toServer) : " " + toServer);
        }
        if (roles.contains(Role.AGENT) && !toAgent.isEmpty()) {
            words.append(both ? " Agent: " + lowered(toAgent) : " " + toAgent);
        }
        if (isList()) {
            words.append(" May be given more than once.");
        }
        return words.toString();
    }

    private static String lowered(String sentence) {
        return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    }

    /** Whether the flag alone says {@code true}. */
    public boolean isSwitch() {
        return this == NEW_CLUSTER || this == TOKENS || this == INSECURE;
    }

    /** Whether it has several values with commas between; its flag may be given as often as wanted then. */
    public boolean isList() {
        return valueLabel.endsWith(",…");
    }

    /** The value where none is given, or empty if that depends on the host or there is none. */
    public Optional<String> otherwise() {
        return Optional.ofNullable(otherwise);
    }

    /** The settings of a program that plays these roles. */
    public static List<Setting> of(Set<Role> roles) {
        return Arrays.stream(values())
                .filter(setting -> (setting.forServer && roles.contains(Role.SERVER))
                        || (setting.forAgent && roles.contains(Role.AGENT)))
                .toList();
    }
}
