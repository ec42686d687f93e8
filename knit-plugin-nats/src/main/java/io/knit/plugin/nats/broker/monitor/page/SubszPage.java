package io.knit.plugin.nats.broker.monitor.page;

import io.knit.plugin.nats.broker.monitor.figures.SubscriptionEntry;
import io.knit.plugin.nats.broker.monitor.figures.SubscriptionFigures;
import io.knit.plugin.nats.broker.monitor.figures.Watched;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;

/** {@code /subsz}: how many subscriptions there are, what finding them takes, and on demand which. */
public final class SubszPage implements Page {
    private static final int USUAL_LIMIT = 1024;
    private static final int MOST = 100_000;

    private final Watched watched;

    public SubszPage(Watched watched) {
        this.watched = watched;
    }

    @Override
    public Answer answer(Query query) {
        boolean list = query.flag("subs");
        int offset = query.number("offset", 0, MOST);
        int limit = query.number("limit", USUAL_LIMIT, MOST);
        String test = query.text("test");
        if (!test.isEmpty() && !isLiteral(test)) {
            throw new WrongQuery("invalid test subject, must be valid publish subject: " + test);
        }
        JsonObject json = new JsonObject();
        if (list) {
            json.put("server_id", watched.facts().id()).put("now", Instant.now().toString());
        }
        figures(json);
        if (list) {
            list(json, test, offset, limit);
        }
        return Answer.json(json);
    }

    private static boolean isLiteral(String subject) {
        return List.of(subject.split("\\.", -1)).stream()
                .noneMatch(token -> token.isEmpty() || token.equals("*") || token.equals(">"));
    }

    private void figures(JsonObject json) {
        SubscriptionFigures figures = watched.subscriptions();
        json.put("num_subscriptions", figures.subscriptions())
                .put("num_cache", figures.cached())
                .put("num_inserts", figures.inserts())
                .put("num_removes", figures.removes())
                .put("num_matches", figures.matches())
                .put("cache_hit_rate", figures.hitRate())
                .put("max_fanout", figures.maxFanout())
                .put("avg_fanout", figures.averageFanout());
    }

    private void list(JsonObject json, String test, int offset, int limit) {
        List<SubscriptionEntry> all =
                test.isEmpty() ? watched.subscriptionList(offset + limit) : watched.subscribersOf(Words.bytes(test));
        JsonArray list = new JsonArray();
        all.stream().skip(offset).limit(limit).forEach(entry -> list.add(entry(entry)));
        json.put("total", test.isEmpty() ? json.getInteger("num_subscriptions") : all.size())
                .put("offset", offset)
                .put("limit", limit);
        if (!list.isEmpty()) {
            json.put("subscriptions_list", list);
        }
    }

    static JsonObject entry(SubscriptionEntry entry) {
        JsonObject json = new JsonObject().put("subject", Words.utf8(entry.subject()));
        if (!entry.queue().isEmpty()) {
            json.put("qgroup", Words.utf8(entry.queue()));
        }
        return json.put("sid", Words.utf8(entry.sid()))
                .put("msgs", entry.messages())
                .put("cid", entry.client());
    }
}
