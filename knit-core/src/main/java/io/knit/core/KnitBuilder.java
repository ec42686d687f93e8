package io.knit.core;

import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.knit.core.wiring.JoinToken;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a server and an agent can both be told. An SPI instance that is given here wins over what is on the class path. Not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class KnitBuilder<B extends KnitBuilder<B>> permits KnitServerBuilder, KnitAgentBuilder {
    final Map<String, String> config = new TreeMap<>();
    Path dataDir;

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

    ClassLoader plugins = KnitBuilder.class.getClassLoader();

    KnitBuilder(Path dataDir) {
        this.dataDir = dataDir;
    }

    abstract B self();

    /**
     * Where it and its plugins keep files, an agent also its identity, last assignments and rendered files; {@code knit-data} for a server
     * and {@code knit-agent-data} for an agent, in the working directory, unless told. Made when first used.
     */
    public B dataDir(Path dataDir) {
        this.dataDir = Objects.requireNonNull(dataDir, "dataDir");
        return self();
    }

    /** A plugin's setting, by its flag's name without the dashes: {@code nats-addr}. */
    public B config(String key, String value) {
        config.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return self();
    }

    /**
     * Closes a server's cluster to strangers: an agent that is not known yet is let in only with the same token. Needs the server's own
     * broker. Nobody needs one unless told.
     *
     * @param token 16–1024 characters; a secret, which is never shown, stored or sent
     */
    public B joinToken(String token) {
        return config(JoinToken.KEY, token);
    }

    public B transport(Transport transport) {
        this.transport = Objects.requireNonNull(transport, "transport");
        return self();
    }

    /** Replaces all discoveries of the class path. */
    public B discovery(Discovery discovery) {
        this.discovery = Objects.requireNonNull(discovery, "discovery");
        return self();
    }

    /** The thread and clock; a new Vert.x context unless told. Another than Vert.x' needs every SPI given, and a server without HTTP. */
    public B loop(Loop loop) {
        this.loop = Objects.requireNonNull(loop, "loop");
        return self();
    }

    public B ids(IdSource ids) {
        this.ids = Objects.requireNonNull(ids, "ids");
        return self();
    }

    /** The Vert.x to run on, which is then not closed with it; one of its own unless told. */
    public B vertx(Vertx vertx) {
        this.vertx = Objects.requireNonNull(vertx, "vertx");
        return self();
    }

    /** Where plugins are looked for; the class loader of Knit unless told. */
    public B plugins(ClassLoader plugins) {
        this.plugins = Objects.requireNonNull(plugins, "plugins");
        return self();
    }
}
