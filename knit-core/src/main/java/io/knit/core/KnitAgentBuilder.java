package io.knit.core;

import io.knit.api.AgentTiming;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.transport.Transport;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link KnitAgent}. An SPI instance that is given here wins over what is on the class path. Not thread-safe.
 */
public final class KnitAgentBuilder {
    final Map<String, String> config = new TreeMap<>();
    final Map<String, String> labels = new LinkedHashMap<>();

    @Nullable
    String nodeId;

    private @Nullable String hostname;
    Path dataDir = Path.of("knit-agent-data");
    AgentTiming timing = AgentTiming.DEFAULT;

    @Nullable
    ContainerRuntime runtime;

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

    ClassLoader plugins = KnitAgentBuilder.class.getClassLoader();

    KnitAgentBuilder() {}

    /** A DNS label; unless told, the host's name with a random end, made at the first start and kept in the data folder. */
    public KnitAgentBuilder nodeId(String nodeId) {
        this.nodeId = Objects.requireNonNull(nodeId, "nodeId");
        return this;
    }

    /** A label for selectors. */
    public KnitAgentBuilder label(String key, String value) {
        labels.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return this;
    }

    public KnitAgentBuilder labels(Map<String, String> labels) {
        labels.forEach(this::label);
        return this;
    }

    /** Where the agent keeps its identity, its last assignments and rendered files; {@code knit-agent-data} in the working directory unless told. */
    public KnitAgentBuilder dataDir(Path dataDir) {
        this.dataDir = Objects.requireNonNull(dataDir, "dataDir");
        return this;
    }

    /** A plugin's setting, by its flag's name without the dashes: {@code nats-url}. */
    public KnitAgentBuilder config(String key, String value) {
        config.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return this;
    }

    /**
     * What the server of a closed cluster wants to see of an agent that it does not know yet.
     *
     * @param token 16–1024 characters, the server's; a secret, which is never shown, stored or sent
     */
    public KnitAgentBuilder joinToken(String token) {
        return config(JoinToken.KEY, token);
    }

    public KnitAgentBuilder timing(AgentTiming timing) {
        this.timing = Objects.requireNonNull(timing, "timing");
        return this;
    }

    public KnitAgentBuilder runtime(ContainerRuntime runtime) {
        this.runtime = Objects.requireNonNull(runtime, "runtime");
        return this;
    }

    public KnitAgentBuilder transport(Transport transport) {
        this.transport = Objects.requireNonNull(transport, "transport");
        return this;
    }

    /** Replaces all discoveries of the class path. */
    public KnitAgentBuilder discovery(Discovery discovery) {
        this.discovery = Objects.requireNonNull(discovery, "discovery");
        return this;
    }

    /** The thread and clock; a new Vert.x context unless told. Another than Vert.x' needs every SPI given. */
    public KnitAgentBuilder loop(Loop loop) {
        this.loop = Objects.requireNonNull(loop, "loop");
        return this;
    }

    public KnitAgentBuilder ids(IdSource ids) {
        this.ids = Objects.requireNonNull(ids, "ids");
        return this;
    }

    /** The Vert.x to run on, which is then not closed with the agent; one of its own unless told. */
    public KnitAgentBuilder vertx(Vertx vertx) {
        this.vertx = Objects.requireNonNull(vertx, "vertx");
        return this;
    }

    /** The host's name as it is shown; asked of the operating system unless told. */
    public KnitAgentBuilder hostname(String hostname) {
        this.hostname = Objects.requireNonNull(hostname, "hostname");
        return this;
    }

    String hostname() {
        return hostname != null ? hostname : HostName.ofThisHost();
    }

    /** Where plugins are looked for; the class loader of Knit unless told. */
    public KnitAgentBuilder plugins(ClassLoader plugins) {
        this.plugins = Objects.requireNonNull(plugins, "plugins");
        return this;
    }

    /**
     * @throws IllegalStateException if settings contradict each other
     * @throws IllegalArgumentException if the join token has not 16–1024 characters
     */
    public KnitAgent build() {
        JoinToken.check(config);
        if (loop != null && (runtime == null || transport == null || discovery == null)) {
            throw new IllegalStateException("with a loop of your own, also give runtime, transport and discovery");
        }
        return new KnitAgent(this);
    }
}
