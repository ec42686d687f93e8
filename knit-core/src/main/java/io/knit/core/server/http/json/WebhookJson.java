package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Caller;
import io.knit.api.command.Webhook;
import io.knit.core.server.admission.Refusals;
import java.util.List;

/** Webhooks as the API has them; what their messages are signed with is in none. */
public final class WebhookJson {
    private static final List<String> FIELDS = List.of("name", "url", "events", "deployments", "allow_http");

    private WebhookJson() {}

    /**
     * What is asked for.
     *
     * @param allowHttp whether {@code http} is meant
     */
    public record Wish(String name, String url, List<String> events, List<String> deployments, boolean allowHttp) {}

    /** @throws io.knit.api.error.KnitException of kind USER */
    public static Wish read(byte[] body) {
        Refusals refusals = new Refusals();
        Fields fields = new Fields(SpecReader.tree(body), "", refusals, FIELDS);
        String name = needed(fields, "name");
        String url = needed(fields, "url");
        List<String> events = fields.has("events") ? fields.texts("events") : List.of(Caller.ALL);
        List<String> deployments = fields.has("deployments") ? fields.texts("deployments") : List.of(Caller.ALL);
        Boolean allowHttp = fields.has("allow_http") ? fields.flag("allow_http") : Boolean.FALSE;
        refusals.throwIfAny();
        return new Wish(name, url, events, deployments, Boolean.TRUE.equals(allowHttp));
    }

    private static String needed(Fields fields, String field) {
        if (fields.has(field)) {
            return fields.text(field);
        }
        fields.require(field);
        return "";
    }

    public static ObjectNode of(Webhook hook) {
        Webhook.Course course = hook.course();
        ObjectNode json = Json.object();
        json.put("name", hook.name()).put("url", hook.url());
        hook.events().forEach(json.putArray("events")::add);
        hook.deployments().forEach(json.putArray("deployments")::add);
        json.put("created_at", hook.createdAt().toString()).put("created_by", hook.createdBy());
        json.put("phase", course.phase().wireName()).put("reason", course.reason());
        json.put("attempts", course.attempts());
        json.put("next_try", course.nextTry() == null ? null : course.nextTry().toString());
        json.put("after", course.after()).put("missed", course.missed());
        return json;
    }

    /** All, by name. */
    public static ObjectNode list(List<Webhook> webhooks) {
        ObjectNode json = Json.object();
        ArrayNode list = json.putArray("webhooks");
        webhooks.forEach(hook -> list.add(of(hook)));
        return json;
    }

    public static ObjectNode of(Webhook.Tried tried) {
        return Json.object()
                .put("delivered", tried.delivered())
                .put("status", tried.status())
                .put("took_ms", tried.took().toMillis())
                .put("message", tried.words());
    }
}
