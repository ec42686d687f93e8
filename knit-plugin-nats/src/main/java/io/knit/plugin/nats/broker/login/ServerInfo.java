package io.knit.plugin.nats.broker.login;

import io.knit.plugin.nats.broker.protocol.Line;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What the broker tells every client of itself in INFO: sent first, and again to all when it changes. What is false is left out, as
 * nats-server does.
 *
 * @param host where it listens, as it was told
 * @param authRequired whether a client must give credentials
 * @param tlsRequired whether a client must speak TLS after this
 * @param tlsAvailable whether a client may
 * @param tlsVerify whether a client must show a certificate
 * @param connectUrls HOST:PORT of this broker and others
 * @param lameDuck whether clients should move elsewhere
 */
public record ServerInfo(
        String id,
        String host,
        int port,
        int maxPayload,
        boolean authRequired,
        boolean tlsRequired,
        boolean tlsAvailable,
        boolean tlsVerify,
        boolean lameDuck,
        List<String> connectUrls) {
    /** The release of nats-server whose client protocol this broker follows; clients compare it to decide what they may ask for. */
    public static final String VERSION = "2.15.3";

    public static final int PROTOCOL = 1;
    /** As nats-server names the one account of those who know no accounts. */
    public static final String ACCOUNT = "$G";

    public ServerInfo withPort(int actual) {
        return new ServerInfo(
                id,
                host,
                actual,
                maxPayload,
                authRequired,
                tlsRequired,
                tlsAvailable,
                tlsVerify,
                lameDuck,
                connectUrls);
    }

    public ServerInfo asLameDuck() {
        return new ServerInfo(
                id, host, port, maxPayload, authRequired, tlsRequired, tlsAvailable, tlsVerify, true, connectUrls);
    }

    public ServerInfo withConnectUrls(List<String> urls) {
        return new ServerInfo(
                id, host, port, maxPayload, authRequired, tlsRequired, tlsAvailable, tlsVerify, lameDuck, urls);
    }

    /** The line for one client; the nonce is left out if it is empty. */
    public byte[] line(long clientId, String clientIp, String nonce) {
        return line(json(clientId, clientIp, nonce));
    }

    /** The line for a client that is in. */
    public byte[] connectedLine(long clientId, String clientIp) {
        return line(json(clientId, clientIp, "").put("connect_info", true).put("remote_account", ACCOUNT));
    }

    private static byte[] line(JsonObject info) {
        return Line.of("INFO " + info.encode() + " \r\n");
    }

    private JsonObject json(long clientId, String clientIp, String nonce) {
        JsonObject info = new JsonObject()
                .put("server_id", id)
                .put("server_name", id)
                .put("version", VERSION)
                .put("proto", PROTOCOL)
                .put("go", "java" + Runtime.version().feature())
                .put("host", host)
                .put("port", port)
                .put("headers", true);
        putIfTrue(info, "auth_required", authRequired);
        putIfTrue(info, "tls_required", tlsRequired);
        putIfTrue(info, "tls_available", tlsAvailable);
        putIfTrue(info, "tls_verify", tlsVerify);
        info.put("max_payload", maxPayload)
                .put("jetstream", false)
                .put("client_id", clientId)
                .put("client_ip", clientIp);
        if (!nonce.isEmpty()) {
            info.put("nonce", nonce);
        }
        if (!connectUrls.isEmpty()) {
            info.put("connect_urls", new JsonArray(connectUrls));
        }
        putIfTrue(info, "ldm", lameDuck);
        return info;
    }

    private static void putIfTrue(JsonObject info, String field, boolean value) {
        if (value) {
            info.put(field, true);
        }
    }
}
