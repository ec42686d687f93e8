package io.knit.plugin.nats.broker.monitor;

import io.knit.plugin.nats.broker.monitor.figures.Watched;
import io.knit.plugin.nats.broker.monitor.page.Answer;
import io.knit.plugin.nats.broker.monitor.page.ConnzPage;
import io.knit.plugin.nats.broker.monitor.page.MetricsPage;
import io.knit.plugin.nats.broker.monitor.page.Page;
import io.knit.plugin.nats.broker.monitor.page.Query;
import io.knit.plugin.nats.broker.monitor.page.SubszPage;
import io.knit.plugin.nats.broker.monitor.page.VarzPage;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/** Which path leads to which page. */
final class Site {
    private static final String INDEX = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>NATS broker</title></head><body>
            <h1>NATS broker</h1>
            <ul>
            <li><a href="varz">General</a></li>
            <li><a href="connz">Connections</a></li>
            <li><a href="subsz">Subscriptions</a></li>
            <li><a href="healthz">Health</a></li>
            <li><a href="metrics">Prometheus</a></li>
            </ul>
            </body></html>
            """;
    private static final Pattern IP_V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern PORT = Pattern.compile(":\\d*$");

    private final Watched watched;
    private final String host;
    private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
    private volatile Map<String, Page> pages = Map.of();

    Site(Watched watched, String host) {
        this.watched = watched;
        this.host = host;
    }

    /** Before the first request. */
    void listensOn(int port) {
        Page subscriptions = new SubszPage(watched);
        pages = Map.of(
                "/",
                query -> new Answer(200, "text/html; charset=utf-8", INDEX),
                "/varz",
                new VarzPage(watched, this::requests, host, port),
                "/connz",
                new ConnzPage(watched),
                "/subsz",
                subscriptions,
                "/subscriptionsz",
                subscriptions,
                "/healthz",
                query -> new Answer(200, "application/json", "{\"status\":\"ok\"}"),
                "/metrics",
                new MetricsPage(watched));
    }

    Answer answer(Query query) {
        Page page = pages.get(query.path());
        if (page == null) {
            return Answer.text(404, "404 page not found\n");
        }
        requests.computeIfAbsent(query.path(), path -> new LongAdder()).increment();
        return page.answer(query);
    }

    private JsonObject requests() {
        JsonObject json = new JsonObject();
        new TreeMap<>(requests).forEach((path, count) -> json.put(path, count.sum()));
        return json;
    }

    /**
     * Whether a Host header names this broker. A page of somebody else can lead a name of its own to this address and read
     * what its visitor's browser gets; it can't do so with an IP address.
     */
    boolean isOurs(String authority) {
        String name = authority.toLowerCase(Locale.ROOT);
        if (name.startsWith("[")) {
            return true;
        }
        name = PORT.matcher(name).replaceFirst("");
        return name.equals(host.toLowerCase(Locale.ROOT))
                || name.equals("localhost")
                || IP_V4.matcher(name).matches();
    }
}
