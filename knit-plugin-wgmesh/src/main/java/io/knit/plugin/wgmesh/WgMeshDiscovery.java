package io.knit.plugin.wgmesh;

import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Knit's view of what the daemon says. */
final class WgMeshDiscovery implements Discovery {
    private final WgMeshClient client;

    WgMeshDiscovery(WgMeshClient client) {
        this.client = client;
    }

    @Override
    public Future<List<Peer>> peers() {
        return client.peers()
                .map(peers -> peers.stream()
                        .map(peer -> new Peer(
                                peer.pubkey(),
                                peer.hostname(),
                                peer.meshIp(),
                                peer.lastSeen(),
                                peer.routableNetworks()))
                        .toList());
    }

    /** Without a time: the daemon does not say when it saw itself. */
    @Override
    public Future<Optional<Peer>> self() {
        return client.status()
                .map(status -> status.meshIp().isEmpty() || status.pubkey().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Peer(status.pubkey(), status.hostname(), status.meshIp(), null)));
    }

    @Override
    public Future<Void> close() {
        return client.close();
    }
}
