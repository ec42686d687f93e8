package io.knit.core.agent;

import io.knit.api.AgentTiming;
import io.knit.api.model.Reservation;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.transport.Transport;
import io.knit.core.agent.dns.DnsSockets;
import io.knit.core.agent.health.Reach;
import io.knit.core.agent.pull.Logins;
import io.knit.core.agent.relay.RelaySockets;
import io.knit.core.agent.render.Renderer;
import io.knit.core.agent.render.SecretMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an agent is made of. The agent closes none of it.
 *
 * @param nodeId from the settings, or null: the one kept in the data folder, or made from the host's name
 * @param gpus how many accelerators the host has
 * @param reserve what the host keeps for itself of its capacity
 * @param allow what containers may have of the host
 * @param containerSubnets where containers have addresses of their own to which the mesh leads
 * @param streams where what is looked at inside of instances goes its way; may be {@code loop}
 * @param names where containers ask for names
 * @param relay by which host ports are held
 * @param dataDir of any file system; made when first used
 * @param logins as whom the host pulls where the server knows nobody
 * @param keepImages how long an image stays that it has fetched and nothing uses; zero: for ever
 * @param memory where secrets are written that containers have as files
 */
public record AgentParts(
        @Nullable String nodeId,
        Map<String, String> labels,
        Path dataDir,
        AgentTiming timing,
        Loop loop,
        Loop streams,
        IdSource ids,
        Transport transport,
        ContainerRuntime runtime,
        Discovery discovery,
        Renderer renderer,
        SecretMemory memory,
        Logins logins,
        Duration keepImages,
        Reach connections,
        DnsSockets names,
        RelaySockets relay,
        String agentVersion,
        String hostname,
        int gpus,
        Reservation reserve,
        List<String> allow,
        List<String> containerSubnets) {
    public AgentParts {
        labels = Map.copyOf(labels);
        Objects.requireNonNull(dataDir, "dataDir");
        Objects.requireNonNull(timing, "timing");
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(streams, "streams");
        Objects.requireNonNull(ids, "ids");
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(runtime, "runtime");
        Objects.requireNonNull(discovery, "discovery");
        Objects.requireNonNull(renderer, "renderer");
        Objects.requireNonNull(logins, "logins");
        Objects.requireNonNull(keepImages, "keepImages");
        Objects.requireNonNull(connections, "connections");
        Objects.requireNonNull(names, "names");
        Objects.requireNonNull(relay, "relay");
        Objects.requireNonNull(agentVersion, "agentVersion");
        Objects.requireNonNull(hostname, "hostname");
        Objects.requireNonNull(reserve, "reserve");
        allow = List.copyOf(allow);
        containerSubnets = List.copyOf(containerSubnets);
    }
}
