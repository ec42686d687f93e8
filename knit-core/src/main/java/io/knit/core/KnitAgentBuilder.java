package io.knit.core;

import io.knit.api.AgentTiming;
import io.knit.api.model.Reservation;
import io.knit.api.spi.Durations;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.core.rules.node.ContainerSubnets;
import io.knit.core.rules.process.HostAccess;
import io.knit.core.wiring.JoinToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link KnitAgent}. An SPI instance that is given here wins over what is on the class path. Not thread-safe.
 */
public final class KnitAgentBuilder extends KnitBuilder<KnitAgentBuilder> {
    final Map<String, String> labels = new LinkedHashMap<>();

    @Nullable
    String nodeId;

    private @Nullable String hostname;
    AgentTiming timing = AgentTiming.DEFAULT;

    @Nullable
    ContainerRuntime runtime;

    private int gpus;
    private Reservation reserve = Reservation.OF_HOST;
    private final List<String> allow = new ArrayList<>();
    private final List<String> containerSubnets = new ArrayList<>();

    KnitAgentBuilder() {
        super(Path.of("knit-agent-data"));
    }

    @Override
    KnitAgentBuilder self() {
        return this;
    }

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

    public KnitAgentBuilder timing(AgentTiming timing) {
        this.timing = Objects.requireNonNull(timing, "timing");
        return this;
    }

    public KnitAgentBuilder runtime(ContainerRuntime runtime) {
        this.runtime = Objects.requireNonNull(runtime, "runtime");
        return this;
    }

    /** The host's name as it is shown; asked of the operating system unless told. */
    public KnitAgentBuilder hostname(String hostname) {
        this.hostname = Objects.requireNonNull(hostname, "hostname");
        return this;
    }

    /**
     * How many accelerators the host has, for deployments that ask for some; none unless told, for an engine does not say.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public KnitAgentBuilder gpus(int gpus) {
        if (gpus < 0) {
            throw new IllegalArgumentException("gpus is " + gpus + "; give 0 or more");
        }
        this.gpus = gpus;
        return this;
    }

    /**
     * What of its capacity the host keeps for itself, so that it is reserved for no instance; {@link Reservation#OF_HOST} unless told.
     *
     * @throws IllegalArgumentException if part of it is negative
     */
    public KnitAgentBuilder reserve(Reservation reserve) {
        if (reserve.cpu() < 0 || reserve.memory() < 0 || reserve.gpus() < 0) {
            throw new IllegalArgumentException("the reserve is " + reserve + "; give 0 or more of each");
        }
        this.reserve = reserve;
        return this;
    }

    /**
     * Lets containers have something of the host, such as {@code privileged}, {@code cap:NET_ADMIN}, {@code device:/dev/dri} (and what is in
     * it), {@code network:host}, {@code pid:host}, {@code security:seccomp=unconfined} or {@code all}; nothing unless told. May be called more than once.
     *
     * @throws IllegalArgumentException if it is no such word, or there are more than 64
     */
    public KnitAgentBuilder allow(String word) {
        List<String> words = HostAccess.words(word);
        if (allow.size() + words.size() > HostAccess.MOST) {
            throw new IllegalArgumentException(
                    "more than " + HostAccess.MOST + " words are allowed; give fewer, or all");
        }
        allow.addAll(words);
        return this;
    }

    /**
     * Addresses of containers on this host to which the mesh leads, such as {@code 10.210.1.0/24}: containers of other hosts are told them instead of this
     * host's own. None unless told. The engine has to give addresses of it, and the host to let them through; docs/names.md says how. May be called more than once.
     *
     * @throws IllegalArgumentException if it is no such subnet, or there are more than 8
     */
    public KnitAgentBuilder containerSubnet(String subnet) {
        List<String> both = new ArrayList<>(containerSubnets);
        both.add(subnet);
        List<String> read = ContainerSubnets.read(both);
        containerSubnets.clear();
        containerSubnets.addAll(read);
        return this;
    }

    /**
     * As whom images are pulled where the server keeps no login of their registry: a file like Docker's {@code config.json}, with {@code credHelpers}, {@code credsStore} and {@code auths}.
     * Read at each pull; nobody unless told.
     */
    public KnitAgentBuilder registryConfig(Path file) {
        return config(KnitAgent.REGISTRY_CONFIG, file.toString());
    }

    /**
     * How long an image stays that this agent has fetched and nothing on the host uses: 24 h unless told; zero: for ever. One that was there before stays in any case.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public KnitAgentBuilder keepImages(Duration unused) {
        if (unused.isNegative()) {
            throw new IllegalArgumentException("images are kept for " + unused + "; give zero or more");
        }
        return config(KnitAgent.KEEP_IMAGES, Durations.text(unused));
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
        return new KnitAgent(new KnitAgentSettings(
                nodeId,
                labels,
                hostname,
                dataDir,
                timing,
                config,
                runtime,
                transport,
                discovery,
                loop,
                ids,
                vertx,
                plugins,
                gpus,
                reserve,
                allow,
                containerSubnets));
    }
}
