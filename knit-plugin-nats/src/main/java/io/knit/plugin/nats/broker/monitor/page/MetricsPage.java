package io.knit.plugin.nats.broker.monitor.page;

import io.knit.api.spi.figure.Figure;
import io.knit.api.spi.figure.FigureText;
import io.knit.plugin.nats.broker.monitor.figures.ServerFigures;
import io.knit.plugin.nats.broker.monitor.figures.SubscriptionFigures;
import io.knit.plugin.nats.broker.monitor.figures.Watched;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** {@code /metrics}: a broker's figures for Prometheus. Without labels, as those could only be strangers' words. */
public final class MetricsPage implements Page {
    private final Watched watched;

    public MetricsPage(Watched watched) {
        this.watched = watched;
    }

    @Override
    public Answer answer(Query query) {
        return new Answer(200, FigureText.CONTENT_TYPE, FigureText.of(figures(watched)));
    }

    /** A broker's figures. */
    public static List<Figure> figures(Watched watched) {
        ServerFigures server = watched.figures();
        SubscriptionFigures subscriptions = watched.subscriptions();
        double uptime = Duration.between(watched.facts().start(), Instant.now()).toMillis() / 1000.0;
        return List.of(
                Figure.gauge("knit_nats_uptime_seconds", "Since the broker started", Math.max(0, uptime)),
                Figure.gauge("knit_nats_connections", "Clients that are connected", server.connections()),
                Figure.counter(
                        "knit_nats_accepted_connections_total",
                        "Clients that ever connected",
                        server.totalConnections()),
                Figure.gauge("knit_nats_subscriptions", "Subscriptions that there are", server.subscriptions()),
                Figure.counter("knit_nats_in_messages_total", "Messages from clients", server.inMessages()),
                Figure.counter(
                        "knit_nats_in_bytes_total", "Bytes of header and payload from clients", server.inBytes()),
                Figure.counter("knit_nats_out_messages_total", "Messages to clients", server.outMessages()),
                Figure.counter(
                        "knit_nats_out_bytes_total", "Bytes of header and payload to clients", server.outBytes()),
                Figure.counter(
                        "knit_nats_slow_consumers_total",
                        "Clients dropped because they read too slowly",
                        server.slowConsumers()),
                Figure.counter(
                        "knit_nats_subscription_inserts_total", "Subscriptions that came", subscriptions.inserts()),
                Figure.counter(
                        "knit_nats_subscription_removes_total", "Subscriptions that ended", subscriptions.removes()),
                Figure.gauge(
                        "knit_nats_match_cache_hit_ratio",
                        "Messages whose subscribers were known without a search, of all so far",
                        subscriptions.hitRate()));
    }
}
