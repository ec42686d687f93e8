package io.knit.core;

import io.knit.api.ServerTiming;
import io.knit.api.embed.EventListener;
import io.knit.api.embed.Scorer;
import io.knit.api.embed.SpecRule;
import io.knit.api.spi.store.Store;
import io.knit.core.rules.process.HostAccess;
import io.knit.core.server.http.tls.TlsFiles;
import io.knit.core.wiring.JoinToken;
import io.knit.core.wiring.SecretsKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link KnitServer}. An SPI instance that is given here wins over what is on the class path. Not thread-safe.
 */
public final class KnitServerBuilder extends KnitBuilder<KnitServerBuilder> {
    static final String NEW_CLUSTER = "new-cluster";
    static final String TOKENS = "tokens";
    static final String INSECURE = "insecure";
    static final String HOST_ACCESS = "allow-host-access";

    private static final List<String> SWITCHES = List.of(NEW_CLUSTER, TOKENS, INSECURE);

    @Nullable
    String httpAddress = "127.0.0.1:8080";

    ServerTiming timing = ServerTiming.DEFAULT;

    @Nullable
    Store store;

    private final List<SpecRule> rules = new ArrayList<>();
    private final List<KnitServerHooks.Scoring> scorers = new ArrayList<>();
    private final List<KnitServerHooks.Listening> listeners = new ArrayList<>();

    KnitServerBuilder() {
        super(Path.of("knit-data"));
    }

    @Override
    KnitServerBuilder self() {
        return this;
    }

    /** {@code host:port}, {@code [ipv6]:port} or a port 0 for a free one; {@code 127.0.0.1:8080} unless told. */
    public KnitServerBuilder httpAddress(String hostAndPort) {
        this.httpAddress = Objects.requireNonNull(hostAndPort, "hostAndPort");
        return this;
    }

    /** No REST API and no dashboard: the server is used as a library only. */
    public KnitServerBuilder withoutHttp() {
        this.httpAddress = null;
        return this;
    }

    /**
     * It is meant that the store is empty though there was a cluster in it: a new one is founded. Without this such a start is refused, for
     * mostly it is an accident, and the agents of the old cluster belong to that. A store that holds a cluster is used as it is all the same.
     */
    public KnitServerBuilder newCluster() {
        return config(NEW_CLUSTER, "true");
    }

    /**
     * Everybody must show a token over HTTP. Where there is none yet that may everything, the start makes one, and writes it into {@code admin.token} in the
     * data folder, which only its owner may read. Without this, who reaches the HTTP address may everything; who shows a token may what that allows.
     */
    public KnitServerBuilder tokens() {
        return config(TOKENS, "true");
    }

    /**
     * HTTPS instead of HTTP. The files are read at the start and when they change (looked at every 2 s); what is wrong then changes nothing.
     *
     * @param certificate PEM: the server's own, followed by those between it and its authority
     * @param key PEM: the certificate's, PKCS#8, not encrypted
     */
    public KnitServerBuilder httpTls(Path certificate, Path key) {
        return config(TlsFiles.CERTIFICATE, certificate.toString()).config(TlsFiles.KEY, key.toString());
    }

    /**
     * With {@link #httpTls}: lets in only who shows a certificate of this authority, and also a token where one is asked for.
     *
     * @param file PEM
     */
    public KnitServerBuilder httpClientAuthority(Path file) {
        return config(TlsFiles.AUTHORITY, file.toString());
    }

    /**
     * Listens on a wildcard or public address though not everybody must show a {@link #tokens token} over {@link #httpTls TLS}: something else keeps strangers out.
     * Without this such a start is refused.
     */
    public KnitServerBuilder insecure() {
        return config(INSECURE, "true");
    }

    /**
     * Where the keys lie that secrets are sealed with: Base64 of 32 bytes on each line, the first one seals and the others still open. Without this the first
     * secret makes {@code secrets.key} in the data folder.
     */
    public KnitServerBuilder secretsKeys(Path file) {
        return config(SecretsKeys.FILE, file.toString());
    }

    /**
     * Lets everybody who may deploy ask this of hosts, in the words of {@link KnitAgentBuilder#allow}; without it only an admin may. A node's agent must allow it besides.
     *
     * @throws IllegalArgumentException if it is no such word
     */
    public KnitServerBuilder allowHostAccess(String word) {
        HostAccess.words(word);
        String before = config.get(HOST_ACCESS);
        return config(HOST_ACCESS, before == null ? word : before + "," + word);
    }

    public KnitServerBuilder timing(ServerTiming timing) {
        this.timing = Objects.requireNonNull(timing, "timing");
        return this;
    }

    public KnitServerBuilder store(Store store) {
        this.store = Objects.requireNonNull(store, "store");
        return this;
    }

    /**
     * A rule of your own for specs, beside Knit's: each deployment that Knit would take is shown to it first, and what it has against one is answered
     * like what Knit has. May be called more than once: all rules are asked, and all that they refuse is told at once.
     */
    public KnitServerBuilder admission(SpecRule rule) {
        rules.add(Objects.requireNonNull(rule, "rule"));
        return this;
    }

    /**
     * A liking of your own for nodes, which is weighed with what specs prefer.
     *
     * @param name 1–64 characters; what explanations call it
     * @param weight 1–100: what a score of 100 counts, beside the weights of a spec's preferences
     */
    public KnitServerBuilder scorer(String name, int weight, Scorer scorer) {
        scorers.add(new KnitServerHooks.Scoring(name, weight, scorer));
        return this;
    }

    /**
     * Calls a listener for the events from the start on, in order, on a thread of its own: unlike one that {@link KnitServer#listen listens}, it may block. What it
     * has not heard when the server is closed it does not hear.
     *
     * @param type {@code instance.running}, {@code deployment.*} for all of a family, or {@code *} for all
     * @throws IllegalArgumentException if no event is of such a type
     */
    public KnitServerBuilder on(String type, EventListener listener) {
        listeners.add(new KnitServerHooks.Listening(type, listener));
        return this;
    }

    /**
     * @throws IllegalStateException if settings contradict each other
     * @throws IllegalArgumentException if the join token has not 16–1024 characters, or what is on or off is given otherwise than as {@code true} or {@code false}
     */
    public KnitServer build() {
        JoinToken.check(config);
        SWITCHES.forEach(this::checkSwitch);
        HostAccess.words(config.get(HOST_ACCESS));
        TlsFiles unused = TlsFiles.of(config);
        SecretsKeys unread = SecretsKeys.of(config, dataDir);
        if (loop != null && (httpAddress != null || store == null || transport == null || discovery == null)) {
            throw new IllegalStateException(
                    "with a loop of your own, also give store, transport and discovery, and call withoutHttp()");
        }
        return new KnitServer(new KnitServerSettings(
                httpAddress,
                dataDir,
                timing,
                config,
                store,
                transport,
                discovery,
                loop,
                ids,
                vertx,
                plugins,
                new KnitServerHooks(rules, scorers, listeners)));
    }

    /** One that is neither on nor off would be off, with nobody told: {@code tokens} is what keeps strangers out. */
    private void checkSwitch(String key) {
        String value = config.getOrDefault(key, "false");
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException("the setting " + key + " is \"" + value + "\"; give true or false");
        }
    }
}
