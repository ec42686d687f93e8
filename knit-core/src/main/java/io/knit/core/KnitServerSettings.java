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
import org.jspecify.annotations.Nullable;

/**
 * What a server was built with. Null is what it was not given and makes or finds itself.
 *
 * @param httpAddress null where it has no HTTP
 * @param config its own and its plugins' settings by key; may hold secrets, which {@link #toString} does not show
 */
public record KnitServerSettings(
        @Nullable String httpAddress,
        Path dataDir,
        ServerTiming timing,
        Map<String, String> config,
        @Nullable Store store,
        @Nullable Transport transport,
        @Nullable Discovery discovery,
        @Nullable Loop loop,
        @Nullable IdSource ids,
        @Nullable Vertx vertx,
        ClassLoader plugins,
        KnitServerHooks hooks) {
    public KnitServerSettings {
        config = Map.copyOf(config);
    }

    /** Whether a switch is on. */
    boolean isOn(String key) {
        return "true".equals(config.get(key));
    }

    @Override
    public String toString() {
        return "KnitServerSettings[httpAddress=" + httpAddress + ", dataDir=" + dataDir + ", timing=" + timing
                + ", config=" + config.keySet() + "]";
    }
}
