package io.knit.plugin.nats.broker.monitor.page;

import io.knit.plugin.nats.broker.monitor.figures.ServerFacts;
import io.knit.plugin.nats.broker.monitor.figures.ServerFigures;
import io.knit.plugin.nats.broker.monitor.figures.Watched;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** {@code /varz}: the settings that hold, and what happened so far. */
public final class VarzPage implements Page {
    private final Watched watched;
    private final Supplier<JsonObject> requests;
    private final String host;
    private final int port;
    private final ProcessFigures process = new ProcessFigures();

    public VarzPage(Watched watched, Supplier<JsonObject> requests, String host, int port) {
        this.watched = watched;
        this.requests = requests;
        this.host = host;
        this.port = port;
    }

    @Override
    public Answer answer(Query query) {
        JsonObject json = new JsonObject();
        settings(json);
        figures(json);
        return Answer.json(json);
    }

    private void settings(JsonObject json) {
        ServerFacts facts = watched.facts();
        json.put("server_id", facts.id())
                .put("server_name", facts.id())
                .put("version", facts.version())
                .put("proto", facts.protocol())
                .put("go", "java" + Runtime.version().feature())
                .put("host", facts.host())
                .put("port", facts.port());
        putTrue(json, "auth_required", facts.authRequired());
        putTrue(json, "tls_required", facts.tlsRequired());
        putTrue(json, "tls_verify", facts.tlsVerify());
        json.put("max_connections", facts.maxConnections())
                .put("ping_interval", facts.pingInterval().toNanos())
                .put("ping_max", facts.maxPingsOut())
                .put("http_host", host)
                .put("http_port", port)
                .put("http_base_path", "")
                .put("https_port", 0)
                .put("auth_timeout", facts.authTimeout().toMillis() / 1000.0)
                .put("tls_timeout", facts.tlsTimeout().toMillis() / 1000.0)
                .put("max_control_line", facts.maxControlLine())
                .put("max_payload", facts.maxPayload())
                .put("max_pending", facts.maxPending());
        for (String absent : new String[] {"cluster", "gateway", "leaf", "mqtt", "websocket", "jetstream"}) {
            json.put(absent, new JsonObject()); // as nats-server says that it has none of it
        }
        json.put("write_deadline", facts.writeDeadline().toNanos());
    }

    private static JsonObject stats(long clients) {
        return new JsonObject()
                .put("clients", clients)
                .put("routes", 0)
                .put("gateways", 0)
                .put("leafs", 0);
    }

    private static void putTrue(JsonObject json, String name, boolean value) {
        if (value) {
            json.put(name, true);
        }
    }

    private void figures(JsonObject json) {
        Instant start = watched.facts().start();
        Instant now = Instant.now();
        ServerFigures figures = watched.figures();
        json.put("start", start.toString())
                .put("now", now.toString())
                .put("uptime", Words.uptime(Duration.between(start, now)))
                .put("mem", process.memory())
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("gomaxprocs", Runtime.getRuntime().availableProcessors())
                .put("cpu", process.cpu())
                .put("connections", figures.connections())
                .put("total_connections", figures.totalConnections())
                .put("routes", 0)
                .put("remotes", 0)
                .put("leafnodes", 0)
                .put("in_msgs", figures.inMessages())
                .put("out_msgs", figures.outMessages())
                .put("in_bytes", figures.inBytes())
                .put("out_bytes", figures.outBytes())
                .put("slow_consumers", figures.slowConsumers())
                .put("slow_consumer_stats", stats(figures.slowConsumers()))
                .put("stale_connections", figures.staleConnections())
                .put("stale_connection_stats", stats(figures.staleConnections()))
                .put("subscriptions", figures.subscriptions())
                .put("http_req_stats", requests.get())
                .put("config_load_time", start.toString());
    }
}
