package io.knit.core;

import io.knit.api.AgentTiming;
import io.knit.api.model.Reservation;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.transport.Transport;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an agent was built with. Null is what it was not given and makes, finds or asks itself.
 *
 * @param nodeId null: the one kept in the data folder, or made from the host's name
 * @param gpus how many accelerators the host has
 * @param reserve what the host keeps for itself of its capacity
 * @param allow what containers may have of the host; empty: nothing
 * @param containerSubnets where containers have addresses of their own to which the mesh leads; empty: nowhere
 * @param config its own and its plugins' settings by key; may hold secrets, which {@link #toString} does not show
 */
public record KnitAgentSettings(
        @Nullable String nodeId,
        Map<String, String> labels,
        @Nullable String hostname,
        Path dataDir,
        AgentTiming timing,
        Map<String, String> config,
        @Nullable ContainerRuntime runtime,
        @Nullable Transport transport,
        @Nullable Discovery discovery,
        @Nullable Loop loop,
        @Nullable IdSource ids,
        @Nullable Vertx vertx,
        ClassLoader plugins,
        int gpus,
        Reservation reserve,
        List<String> allow,
        List<String> containerSubnets) {
    public KnitAgentSettings {
        labels = Map.copyOf(labels);
        config = Map.copyOf(config);
        allow = List.copyOf(allow);
        containerSubnets = List.copyOf(containerSubnets);
    }

    @Override
    public String toString() {
        return "KnitAgentSettings[nodeId=" + nodeId + ", labels=" + labels + ", hostname=" + hostname + ", dataDir="
                + dataDir + ", timing=" + timing + ", config=" + config.keySet() + "]";
    }
}
