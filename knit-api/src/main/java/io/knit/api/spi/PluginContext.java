package io.knit.api.spi;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a plugin gets from the server or agent that it is made for.
 *
 * @param role which of the two
 * @param name the server's name, or the agent's node id: for the far side's logs
 * @param vertx shared with the server or agent; a plugin never closes it
 * @param dataDir a folder that the plugin may write to, below the server's or agent's own; made when first used
 */
public record PluginContext(Role role, String name, Vertx vertx, Path dataDir) {
    public PluginContext {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(vertx, "vertx");
        Objects.requireNonNull(dataDir, "dataDir");
    }
}
