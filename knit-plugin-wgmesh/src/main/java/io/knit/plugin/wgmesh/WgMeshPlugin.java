package io.knit.plugin.wgmesh;

import io.knit.api.spi.KnitPlugin;
import io.knit.api.spi.PluginFactory;
import java.util.List;

/**
 * Brings the {@link io.knit.api.spi.discovery.Discovery} named {@code wgmesh}.
 *
 * <p>Setting {@code wg-mesh-socket}: the daemon's socket, by default {@code /var/run/wgmesh.sock}. It need not be there.
 */
public final class WgMeshPlugin implements KnitPlugin {
    @Override
    public List<PluginFactory<?>> factories() {
        return List.of(new WgMeshDiscoveryFactory());
    }
}
