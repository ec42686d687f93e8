package io.knit.plugin.wgmesh;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.plugin.wgmesh.socket.MeshCall;
import io.knit.plugin.wgmesh.socket.MeshSocket;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * The wg-mesh daemon's calls. Each goes over a connection of its own, so that a daemon may come, go and restart between any two.
 * They may be made concurrently and from any thread. What fails does so with {@code DISCOVERY_UNAVAILABLE} within the deadline.
 */
public final class WgMeshClient {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final MeshSocket socket;

    /**
     * For the daemon at this socket, with 5 s for a call.
     *
     * @param socket need not be there yet
     */
    public WgMeshClient(Vertx vertx, Path socket) {
        this(vertx, socket, DEADLINE);
    }

    WgMeshClient(Vertx vertx, Path socket, Duration deadline) {
        this.vertx = Objects.requireNonNull(vertx, "vertx");
        this.socket = new MeshSocket(vertx, Objects.requireNonNull(socket, "socket"), deadline);
    }

    /**
     * {@code peers.list}: the other hosts, in any order. The daemon leaves out those unseen for 5 minutes and all beyond 1,000; left out here are
     * those without a usable key or address.
     */
    public Future<List<MeshPeer>> peers() {
        return call("peers.list", Map.of(), MeshAnswers::peers);
    }

    /**
     * {@code peers.get}: one host.
     *
     * @param pubkey a host that the daemon does not know fails the future
     */
    public Future<MeshPeer> peer(String pubkey) {
        return call("peers.get", Map.of("pubkey", pubkey), MeshAnswers::onePeer);
    }

    /** {@code peers.count}. */
    public Future<PeerCount> count() {
        return call("peers.count", Map.of(), MeshAnswers::count);
    }

    /** {@code daemon.status}. */
    public Future<MeshStatus> status() {
        return call("daemon.status", Map.of(), MeshAnswers::status);
    }

    /** {@code daemon.ping}: succeeds with the daemon's version, or empty if it does not tell. */
    public Future<String> ping() {
        return call("daemon.ping", Map.of(), MeshAnswers::pong);
    }

    /** Ends calls that are under way; may be called more than once. */
    public Future<Void> close() {
        return socket.close();
    }

    /** Reads the answer on a worker: thousands of peers take longer than an event loop should be held. */
    private <T> Future<T> call(String method, Map<String, String> params, Function<JsonNode, T> read) {
        MeshCall call = new MeshCall(socket.nextId(), method, params);
        return socket.exchange(call.line(), line -> vertx.executeBlocking(() -> read.apply(call.result(line)), false));
    }
}
