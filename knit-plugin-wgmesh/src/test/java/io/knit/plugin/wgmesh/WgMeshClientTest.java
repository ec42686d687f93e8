package io.knit.plugin.wgmesh;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.testkit.discovery.FakeWgMeshDaemon;
import io.knit.testkit.discovery.MeshFault;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WgMeshClientTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    private final Vertx vertx = Vertx.vertx();
    private final Path socket;
    private final FakeWgMeshDaemon daemon;
    private final WgMeshClient client;

    WgMeshClientTest(@TempDir Path folder) throws IOException {
        socket = folder.resolve("wg.sock");
        daemon = FakeWgMeshDaemon.start(socket, "10.54.0.1/16", "key-self");
        client = new WgMeshClient(vertx, socket);
    }

    @AfterEach
    void close() throws IOException {
        await(client.close());
        await(vertx.close());
        daemon.close();
    }

    private static JsonObject peer(int number) {
        return new JsonObject()
                .put("pubkey", "key-" + number)
                .put("hostname", "host-" + number)
                .put("mesh_ip", "10.54." + number / 250 + "." + (1 + number % 250))
                .put("endpoint", "192.0.2.7:51820")
                .put("last_seen", "2026-11-23T12:00:00.123456789Z")
                .put("discovered_via", new JsonArray().add("dht").add("lan"))
                .put("routable_networks", new JsonArray().add("192.168.7.0/24"))
                .put("latency_ms", 1.5);
    }

    @Test
    void theFiveCalls() {
        daemon.setPeers(new JsonArray().add(peer(1)).add(peer(2)));
        MeshPeer first = new MeshPeer(
                "key-1",
                "host-1",
                "10.54.0.2",
                "192.0.2.7:51820",
                Instant.parse("2026-11-23T12:00:00.123456789Z"),
                List.of("dht", "lan"),
                List.of("192.168.7.0/24"),
                Duration.ofNanos(1_500_000));
        assertThat(await(client.peers())).hasSize(2).contains(first);
        assertThat(await(client.peer("key-1"))).isEqualTo(first);
        assertThat(await(client.count())).isEqualTo(new PeerCount(2, 2, 0));
        assertThat(await(client.status()))
                .isEqualTo(new MeshStatus("key-self", "", "10.54.0.1", Duration.ofSeconds(61), "wg0", "v0-fake"));
        assertThat(await(client.ping())).isEqualTo("v0-fake");
    }

    @Test
    void aCallIsOneLineAsTheDaemonExpectsIt() {
        failure(client.peer("key-\"odd\""));
        assertThat(daemon.calls())
                .map(JsonObject::new)
                .containsExactly(new JsonObject()
                        .put("jsonrpc", "2.0")
                        .put("id", 1)
                        .put("method", "peers.get")
                        .put("params", new JsonObject().put("pubkey", "key-\"odd\"")));
    }

    @Test
    void anEmptyMeshIsAnEmptyList() {
        // the daemon leaves the list out of its answer
        assertThat(await(client.peers())).isEmpty();
        assertThat(await(client.count())).isEqualTo(new PeerCount(0, 0, 0));
    }

    @Test
    void thousandsOfPeers() {
        daemon.setPeers(new JsonArray(
                IntStream.range(0, 5_000).mapToObj(WgMeshClientTest::peer).toList()));
        assertThat(await(client.peers())).hasSize(5_000);
    }

    @Test
    void anAnswerInPieces() {
        daemon.setPeers(new JsonArray().add(peer(1).put("hostname", "höst-🚢")));
        daemon.fail(MeshFault.IN_PIECES);
        assertThat(await(client.peers())).extracting(MeshPeer::hostname).containsExactly("höst-🚢");
    }

    @ParameterizedTest
    @CsvSource({
        "HALF_LINE_THEN_CLOSE, hung up in the middle of its answer",
        "CLOSE, hung up without an answer",
        "GARBAGE, something that is not JSON",
        "NOT_AN_ANSWER, something else than a JSON object",
        "ERROR, refused peers.list: the mesh is not up (code -32603)",
        "WRONG_ID, answered another call than peers.list",
        "ENDLESS_LINE, more than 8 MiB"
    })
    void aWrongAnswerIsSaidAndTheNextCallIsFine(MeshFault fault, String words) {
        daemon.fail(fault);
        assertUnavailable(failure(client.peers()), words);
        daemon.fail(MeshFault.NONE);
        assertThat(await(client.peers())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"SILENT", "HALF_LINE"})
    void noAnswerEndsAtTheDeadlineAndLeavesNoConnection(MeshFault fault) {
        WgMeshClient impatient = new WgMeshClient(vertx, socket, SHORT);
        daemon.fail(fault);
        assertUnavailable(failure(impatient.peers()), "did not answer within 0.3 s");
        Awaitility.await().until(() -> daemon.openConnections() == 0);
        daemon.fail(MeshFault.NONE);
        // a busy machine may need longer than the short deadline
        assertThat(await(client.peers())).isEmpty();
        await(impatient.close());
    }

    @Test
    void everyConnectionIsClosedAfterItsCall() {
        await(client.peers());
        await(client.status());
        Awaitility.await().until(() -> daemon.openConnections() == 0);
    }

    @Test
    void aSocketThatIsNotThere() throws IOException {
        daemon.close();
        assertUnavailable(failure(client.status()), "its socket does not exist");
    }

    @Test
    void aSocketWhereNobodyListensAndTheDaemonComesBack() throws IOException {
        daemon.crash();
        assertThat(socket).exists();
        assertUnavailable(failure(client.peers()), "nobody listens");
        try (FakeWgMeshDaemon again = FakeWgMeshDaemon.start(socket, "10.54.0.1", "key-self")) {
            assertThat(await(client.peers())).isEmpty();
            assertThat(again.calls()).hasSize(1);
        }
    }

    @Test
    void aFileThatIsNoSocket() throws IOException {
        daemon.close();
        Files.writeString(socket, "plain");
        assertUnavailable(failure(client.peers()), "");
    }

    @Test
    void aPathThatIsTooLongForASocket() {
        WgMeshClient wrong = new WgMeshClient(vertx, Path.of("/tmp/" + "x".repeat(300)));
        assertThat(failure(wrong.peers()).code()).isEqualTo(ErrorCode.DISCOVERY_UNAVAILABLE);
        await(wrong.close());
    }

    @Test
    void aClosedClientFailsItsCalls() {
        await(client.close());
        assertUnavailable(failure(client.peers()), "");
    }

    private void assertUnavailable(KnitException refusal, String words) {
        assertThat(refusal.code()).isEqualTo(ErrorCode.DISCOVERY_UNAVAILABLE);
        assertThat(refusal).hasMessageContaining(socket.toString()).hasMessageContaining(words);
    }
}
