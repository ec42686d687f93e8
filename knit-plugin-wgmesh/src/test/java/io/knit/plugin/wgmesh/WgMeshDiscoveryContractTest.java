package io.knit.plugin.wgmesh;

import static io.knit.testkit.Futures.await;

import io.knit.api.model.Peer;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.Role;
import io.knit.api.spi.discovery.Discovery;
import io.knit.testkit.contract.DiscoveryContract;
import io.knit.testkit.discovery.FakeWgMeshDaemon;
import io.knit.testkit.discovery.MeshFault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class WgMeshDiscoveryContractTest extends DiscoveryContract {
    private final Vertx vertx = Vertx.vertx();
    private final Path socket;
    private final FakeWgMeshDaemon daemon;

    WgMeshDiscoveryContractTest(@TempDir Path folder) throws IOException {
        socket = folder.resolve("wg.sock");
        daemon = FakeWgMeshDaemon.start(socket, "10.54.0.1", "key-self");
        daemon.setPeers(new JsonArray()
                .add(new JsonObject()
                        .put("pubkey", "key-a")
                        .put("hostname", "alpha")
                        .put("mesh_ip", "10.54.0.2")
                        .put("last_seen", "2026-11-23T12:00:00+02:00")
                        .put("routable_networks", new JsonArray().add("10.210.2.0/24")))
                .add(new JsonObject().put("pubkey", "key-b").put("mesh_ip", "10.54.0.3/24")));
    }

    @AfterEach
    void closeAll() throws IOException {
        await(vertx.close());
        daemon.close();
    }

    @Override
    protected Future<Discovery> open() {
        return new WgMeshDiscoveryFactory()
                .create(
                        PluginConfig.of(Map.of(WgMeshDiscoveryFactory.SOCKET, socket.toString())),
                        new PluginContext(Role.SERVER, "server", vertx, Path.of("unused")));
    }

    @Override
    protected List<Peer> expectedPeers() {
        return List.of(
                new Peer(
                        "key-a", "alpha", "10.54.0.2", Instant.parse("2026-11-23T10:00:00Z"), List.of("10.210.2.0/24")),
                new Peer("key-b", "", "10.54.0.3", null, List.of()));
    }

    @Override
    protected Optional<Peer> expectedSelf() {
        return Optional.of(new Peer("key-self", "", "10.54.0.1", null));
    }

    @Override
    protected void breakSource() {
        daemon.fail(MeshFault.GARBAGE);
    }

    @Override
    protected void silenceSource() {
        daemon.fail(MeshFault.SILENT);
    }

    @Override
    protected void healSource() {
        daemon.fail(MeshFault.NONE);
    }
}
