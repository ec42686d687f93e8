package io.knit.api.spi.transport;

import java.util.function.BiConsumer;

/**
 * Optional for a {@link Transport} that sees its peers' connections, such as one with an embedded broker: a faster witness
 * of an agent's end than its missing heartbeats.
 */
public interface PeerConnections {
    /**
     * Calls the listener with the peer's {@link io.knit.api.spi.PluginContext#name} and true when it connects, false when its last connection
     * closes. On any thread.
     */
    void onPeer(BiConsumer<String, Boolean> listener);
}
