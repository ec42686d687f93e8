package io.knit.testkit.discovery;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A wg-mesh daemon's RPC socket without a mesh: JSON-RPC 2.0, one object a line, {@code peers.list peers.get peers.count
 * daemon.status daemon.ping}. As the real one it leaves empty fields out. Its faults are chosen by {@link #fail}. Thread-safe.
 *
 * <p>It also runs as a program, for demonstrations: {@code FakeWgMeshDaemon <socket> <mesh-ip> <pubkey> <peers.json>}.
 */
public final class FakeWgMeshDaemon implements AutoCloseable {
    private static final String VERSION = "v0-fake";

    private final Path socket;
    private final JsonObject status;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile Supplier<JsonArray> peers = JsonArray::new;
    private volatile MeshFault fault = MeshFault.NONE;

    private FakeWgMeshDaemon(Path socket, JsonObject status, ServerSocketChannel server) {
        this.socket = socket;
        this.status = status;
        this.server = server;
    }

    /**
     * Listens on the socket; a file that is there already is removed.
     *
     * @param meshIp of the host it pretends to run on, or empty
     * @param pubkey of that host, or empty
     */
    public static FakeWgMeshDaemon start(Path socket, String meshIp, String pubkey) throws IOException {
        JsonObject status = new JsonObject()
                .put("mesh_ip", meshIp)
                .put("pubkey", pubkey)
                .put("uptime", 61_000_000_000L)
                .put("interface", "wg0")
                .put("version", VERSION);
        Files.deleteIfExists(socket);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        FakeWgMeshDaemon daemon = new FakeWgMeshDaemon(socket, status, server);
        daemon.thread("accept", daemon::accept);
        return daemon;
    }

    /**
     * Runs until it is killed. The file holds a JSON list of peers as {@code peers.list} gives them and is read at every call; a
     * peer without {@code last_seen} was seen just now, and the host's own entry is left out, so that hosts can share a file.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 4) {
            throw new IllegalArgumentException("give <socket> <mesh-ip> <pubkey> <peers.json>");
        }
        Path file = Path.of(args[3]);
        FakeWgMeshDaemon daemon = start(Path.of(args[0]), args[1], args[2]);
        daemon.setPeers(() -> seenNow(file, args[2]));
        Thread.currentThread().join();
    }

    private static JsonArray seenNow(Path file, String own) {
        JsonArray found = new JsonArray();
        try {
            new JsonArray(Files.readString(file))
                    .stream()
                            .map(JsonObject.class::cast)
                            .filter(peer -> !own.equals(peer.getString("pubkey")))
                            .forEach(peer -> found.add(
                                    peer.containsKey("last_seen")
                                            ? peer
                                            : peer.put(
                                                    "last_seen", Instant.now().toString())));
            return found;
        } catch (IOException e) {
            throw new IllegalStateException("can't read the peers " + file, e);
        }
    }

    /** The other hosts from now on, as {@code peers.list} gives them: objects, or in tests anything else. */
    public void setPeers(JsonArray list) {
        JsonArray copy = list.copy();
        setPeers(() -> copy);
    }

    /** As {@link #setPeers(JsonArray)}, asked at every call. */
    public void setPeers(Supplier<JsonArray> list) {
        peers = Objects.requireNonNull(list, "list");
    }

    /** What it does wrong from now on, also on connections that are open. */
    public void fail(MeshFault kind) {
        fault = Objects.requireNonNull(kind, "kind");
    }

    /** The lines received so far, in order. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** Connections that clients hold open. */
    public int openConnections() {
        return connections.size();
    }

    /** Dies as by {@code kill -9}: the socket's file stays, and connecting to it is refused. */
    public void crash() throws IOException {
        server.close();
        for (SocketChannel connection : connections) {
            connection.close();
        }
    }

    /** Ends it and removes the socket's file. */
    @Override
    public void close() throws IOException {
        crash();
        Files.deleteIfExists(socket);
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel connection = server.accept();
                connections.add(connection);
                thread("connection", () -> serve(connection));
            } catch (IOException e) {
                // closed: the loop ends
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            MeshConversation.hold(connection, this::take, this::answer, () -> fault);
        } catch (IOException e) {
            // the client hung up, or this daemon crashed
        } finally {
            connections.remove(connection);
        }
    }

    private void take(String line) {
        calls.add(line);
    }

    private JsonObject answer(JsonObject call) {
        JsonObject answer = new JsonObject().put("jsonrpc", "2.0");
        @Nullable JsonObject result = result(call);
        if (result == null) {
            answer.put("error", new JsonObject().put("code", -32602).put("message", "no such method or peer"));
        } else {
            answer.put("result", withoutEmpty(result));
        }
        return answer.put("id", call.getValue("id"));
    }

    private @Nullable JsonObject result(JsonObject call) {
        return switch (call.getString("method", "")) {
            case "peers.list" -> new JsonObject().put("peers", peers.get());
            case "peers.get" ->
                peer(call.getJsonObject("params", new JsonObject()).getString("pubkey", ""));
            case "peers.count" -> {
                int count = peers.get().size();
                yield new JsonObject().put("active", count).put("total", count).put("dead", 0);
            }
            case "daemon.status" -> status;
            case "daemon.ping" -> new JsonObject().put("pong", true).put("version", VERSION);
            default -> null;
        };
    }

    private @Nullable JsonObject peer(String pubkey) {
        return peers.get().stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .filter(peer -> pubkey.equals(peer.getString("pubkey")))
                .findFirst()
                .orElse(null);
    }

    private static JsonObject withoutEmpty(JsonObject object) {
        JsonObject kept = new JsonObject();
        object.forEach(entry -> {
            Object value = entry.getValue();
            boolean empty = "".equals(value)
                    || Integer.valueOf(0).equals(value)
                    || (value instanceof JsonArray list && list.isEmpty());
            if (!empty) {
                kept.put(entry.getKey(), value);
            }
        });
        return kept;
    }

    private void thread(String what, Runnable work) {
        Thread thread = new Thread(work, "fake-wgmesh-" + what);
        thread.setDaemon(true);
        thread.start();
    }
}
