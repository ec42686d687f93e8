package io.knit.plugin.nats.broker.monitor.page;

import io.vertx.core.json.JsonObject;

/** What a request is answered with. */
public record Answer(int status, String type, String body) {
    private static final String PLAIN = "text/plain; charset=utf-8";

    static Answer json(JsonObject json) {
        return new Answer(200, "application/json", json.encodePrettily());
    }

    public static Answer text(int status, String body) {
        return new Answer(status, PLAIN, body);
    }
}
