package io.knit.plugin.wgmesh;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.PluginFactory;
import io.knit.api.spi.discovery.Discovery;
import io.vertx.core.Future;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Makes the discovery; whether a daemon is there shows with the first call. */
final class WgMeshDiscoveryFactory implements PluginFactory<Discovery> {
    static final String SOCKET = "wg-mesh-socket";
    private static final String DEFAULT_SOCKET = "/var/run/wgmesh.sock";

    @Override
    public Class<Discovery> spi() {
        return Discovery.class;
    }

    @Override
    public String name() {
        return "wgmesh";
    }

    @Override
    public Future<Discovery> create(PluginConfig config, PluginContext context) {
        String text = config.get(SOCKET, DEFAULT_SOCKET);
        try {
            return Future.succeededFuture(new WgMeshDiscovery(new WgMeshClient(context.vertx(), Path.of(text))));
        } catch (InvalidPathException e) {
            return Future.failedFuture(new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the setting " + SOCKET + " is no path (" + e.getReason() + "); give one such as " + DEFAULT_SOCKET,
                    e));
        }
    }
}
