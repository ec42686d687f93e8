package io.knit.plugin.nats.broker.monitor.page;

import io.knit.plugin.nats.broker.monitor.figures.ConnectionFigures;
import io.knit.plugin.nats.broker.monitor.figures.Watched;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code /connz}: the clients, those that are there and those that left lately. */
public final class ConnzPage implements Page {
    private static final int USUAL_LIMIT = 1024;
    private static final int MOST = 10_000;
    /** However many clients and subscriptions there are, one answer stays below some ten megabytes. */
    private static final int MOST_SUBSCRIPTIONS = 100_000;

    private final Watched watched;

    public ConnzPage(Watched watched) {
        this.watched = watched;
    }

    private enum Listing {
        NONE,
        SUBJECTS,
        DETAIL
    }

    @Override
    public Answer answer(Query query) {
        return Answer.json(json(query));
    }

    /** What is answered. */
    JsonObject json(Query query) {
        Listing listing = listing(query);
        int offset = query.number("offset", 0, Integer.MAX_VALUE);
        int limit = query.number("limit", USUAL_LIMIT, MOST);
        long id = query.id("cid");
        State state = State.of(query);
        ConnectionOrder order = ConnectionOrder.of(query, state == State.CLOSED);
        boolean withUser = query.flag("auth");
        Instant now = Instant.now();

        List<ConnectionFigures> all = all(state);
        List<ConnectionFigures> page = id > 0
                ? all.stream().filter(one -> one.id() == id).toList()
                : all.stream().sorted(order.by(now)).skip(offset).limit(limit).toList();
        JsonArray connections = new JsonArray();
        int[] left = {MOST_SUBSCRIPTIONS};
        page.forEach(one -> connections.add(connection(one, now, withUser, listing, left)));
        return new JsonObject()
                .put("server_id", watched.facts().id())
                .put("now", now.toString())
                .put("num_connections", page.size())
                .put("total", id > 0 ? page.size() : all.size())
                .put("offset", offset)
                .put("limit", id > 0 ? 1 : limit)
                .put("connections", connections);
    }

    private static Listing listing(Query query) {
        if (query.text("subs").equalsIgnoreCase("detail")) {
            return Listing.DETAIL;
        }
        return query.flag("subs") ? Listing.SUBJECTS : Listing.NONE;
    }

    private enum State {
        OPEN,
        CLOSED,
        ANY;

        static State of(Query query) {
            String text = query.text("state");
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "", "open" -> OPEN;
                case "closed" -> CLOSED;
                case "any", "all" -> ANY;
                default -> throw new WrongQuery("Error decoding state for " + text);
            };
        }
    }

    private List<ConnectionFigures> all(State state) {
        List<ConnectionFigures> all = new ArrayList<>();
        if (state != State.CLOSED) {
            all.addAll(watched.open());
        }
        if (state != State.OPEN) {
            all.addAll(watched.closed());
        }
        return all;
    }

    private static JsonObject connection(
            ConnectionFigures one, Instant now, boolean withUser, Listing listing, int[] left) {
        JsonObject json = new JsonObject()
                .put("cid", one.id())
                .put("kind", "Client")
                .put("type", "nats")
                .put("ip", one.ip())
                .put("port", one.port())
                .put("start", one.start().toString())
                .put("last_activity", one.lastActivity().toString());
        if (one.end() != null) {
            json.put("stop", one.end().toString()).put("reason", one.reason());
        }
        if (!one.roundTrip().isZero()) {
            json.put("rtt", Words.exact(one.roundTrip()));
        }
        json.put("uptime", Words.uptime(one.uptime(now)))
                .put("idle", Words.uptime(one.idle(now)))
                .put("pending_bytes", one.pending())
                .put("in_msgs", one.inMessages())
                .put("out_msgs", one.outMessages())
                .put("in_bytes", one.inBytes())
                .put("out_bytes", one.outBytes())
                .put("subscriptions", one.subscriptions());
        if (withUser) {
            putText(json, "authorized_user", one.user());
        }
        putText(json, "name", one.name());
        putText(json, "lang", one.lang());
        putText(json, "version", one.version());
        putText(json, "tls_version", one.tlsVersion());
        putText(json, "tls_cipher_suite", one.tlsCipher());
        if (listing != Listing.NONE) {
            putSubscriptions(json, one, listing, left);
        }
        return json;
    }

    private static void putText(JsonObject json, String name, String text) {
        if (!text.isEmpty()) {
            json.put(name, text);
        }
    }

    private static void putSubscriptions(JsonObject json, ConnectionFigures one, Listing listing, int[] left) {
        JsonArray list = new JsonArray();
        one.subscriptionList().get().stream().limit(left[0]).forEach(entry -> {
            if (listing == Listing.DETAIL) {
                list.add(SubszPage.entry(entry));
            } else {
                list.add(Words.utf8(entry.subject()));
            }
        });
        left[0] -= list.size();
        if (!list.isEmpty()) {
            json.put(listing == Listing.DETAIL ? "subscriptions_list_detail" : "subscriptions_list", list);
        }
    }
}
