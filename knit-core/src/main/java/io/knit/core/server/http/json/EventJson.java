package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.KnitEvent;
import java.nio.charset.StandardCharsets;

/** Events as the stream carries them. JSON has no line breaks of its own, so a message can't end an event early. */
public final class EventJson {
    private EventJson() {}

    public static String frame(KnitEvent event) {
        return "id: " + event.seq() + "\nevent: " + event.type() + "\ndata: " + text(json(event)) + "\n\n";
    }

    /** Tells that events before this one are gone: what the reader knows is to be read anew. */
    public static String reset(long after, long oldest) {
        ObjectNode json = Json.object().put("after", after).put("oldest", oldest);
        json.put("message", "events between these are no longer kept; read the present state anew");
        return "event: reset\ndata: " + text(json) + "\n\n";
    }

    private static ObjectNode json(KnitEvent event) {
        ObjectNode json = Json.object();
        json.put("seq", event.seq());
        json.put("at", event.at().toString());
        json.put("type", event.type());
        json.put("deployment", event.deployment());
        json.put("instance", event.instance());
        json.put("node", event.node());
        json.put("message", event.message());
        return json;
    }

    private static String text(ObjectNode json) {
        return new String(Json.bytes(json), StandardCharsets.UTF_8);
    }
}
