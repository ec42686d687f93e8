package io.knit.core;

import io.knit.api.ServerTiming;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.transport.Transport;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link KnitServer}. An SPI instance that is given here wins over what is on the class path. Not thread-safe.
 */
public final class KnitServerBuilder {
    static final String NEW_CLUSTER = "new-cluster";

    final Map<String, String> config = new TreeMap<>();

    @Nullable
    String httpAddress = "127.0.0.1:8080";

    Path dataDir = Path.of("knit-data");
    ServerTiming timing = ServerTiming.DEFAULT;

    @Nullable
    Store store;

    @Nullable
    Transport transport;

    @Nullable
    Discovery discovery;

    @Nullable
    Loop loop;

    @Nullable
    IdSource ids;

    @Nullable
    Vertx vertx;

    ClassLoader plugins = KnitServerBuilder.class.getClassLoader();

    KnitServerBuilder() {}

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

    /** Where the server and its plugins keep files; {@code knit-data} in the working directory unless told. Made when first used. */
    public KnitServerBuilder dataDir(Path dataDir) {
        this.dataDir = Objects.requireNonNull(dataDir, "dataDir");
        return this;
    }

    /** A plugin's setting, by its flag's name without the dashes: {@code nats-addr}. */
    public KnitServerBuilder config(String key, String value) {
        config.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return this;
    }

    /**
     * Closes the cluster to strangers: an agent that is not known yet is let in only with the same token. Needs the server's own
     * broker. Nobody needs one unless told.
     *
     * @param token 16–1024 characters; a secret, which is never shown, stored or sent
     */
    public KnitServerBuilder joinToken(String token) {
        return config(JoinToken.KEY, token);
    }

    /**
     * It is meant that the store is empty though there was a cluster in it: a new one is founded. Without this such a start is refused, for
     * mostly it is an accident, and the agents of the old cluster belong to that. A store that holds a cluster is used as it is all the same.
     */
    public KnitServerBuilder newCluster() {
        return config(NEW_CLUSTER, "true");
    }

    public KnitServerBuilder timing(ServerTiming timing) {
        this.timing = Objects.requireNonNull(timing, "timing");
        return this;
    }

    public KnitServerBuilder store(Store store) {
        this.store = Objects.requireNonNull(store, "store");
        return this;
    }

    public KnitServerBuilder transport(Transport transport) {
        this.transport = Objects.requireNonNull(transport, "transport");
        return this;
    }

    /** Replaces all discoveries of the class path. */
    public KnitServerBuilder discovery(Discovery discovery) {
        this.discovery = Objects.requireNonNull(discovery, "discovery");
        return this;
    }

    /** The thread and clock; a new Vert.x context unless told. Another than Vert.x' needs {@link #withoutHttp} and every SPI given. */
    public KnitServerBuilder loop(Loop loop) {
        this.loop = Objects.requireNonNull(loop, "loop");
        return this;
    }

    public KnitServerBuilder ids(IdSource ids) {
        this.ids = Objects.requireNonNull(ids, "ids");
        return this;
    }

    /** The Vert.x to run on, which is then not closed with the server; one of its own unless told. */
    public KnitServerBuilder vertx(Vertx vertx) {
        this.vertx = Objects.requireNonNull(vertx, "vertx");
        return this;
    }

    /** Where plugins are looked for; the class loader of Knit unless told. */
    public KnitServerBuilder plugins(ClassLoader plugins) {
        this.plugins = Objects.requireNonNull(plugins, "plugins");
        return this;
    }

    /**
     * @throws IllegalStateException if settings contradict each other
     * @throws IllegalArgumentException if the join token has not 16–1024 characters
     */
    public KnitServer build() {
        JoinToken.check(config);
        if (loop != null && (httpAddress != null || store == null || transport == null || discovery == null)) {
            throw new IllegalStateException(
                    "with a loop of your own, also give store, transport and discovery, and call withoutHttp()");
        }
        return new KnitServer(this);
    }
}
