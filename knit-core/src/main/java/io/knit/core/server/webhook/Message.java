package io.knit.core.server.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Webhook;
import io.knit.api.model.KnitEvent;
import io.knit.core.wire.WireCodec;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What is sent to a webhook, as standard-webhooks has it (pure).
 *
 * @param id the same at each attempt, and at each webhook; without a full stop
 * @param body JSON
 */
public record Message(String id, String body) {
    private static final String ALGORITHM = "HmacSHA256";

    /** The message that tells of an event. */
    public static Message of(KnitEvent event, String cluster) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("cluster", cluster).put("seq", event.seq());
        data.put("deployment", event.deployment());
        data.put("instance", event.instance()).put("node", event.node());
        data.put("message", event.message());
        // after a backup was restored its numbers are given once more, but not at the same time
        String time = Long.toString(event.at().toEpochMilli(), Character.MAX_RADIX);
        return of("evt_" + cluster + "_" + event.seq() + "_" + time, event.type(), event.at(), data);
    }

    /** One that tells of nothing: whether it arrives is the question. */
    public static Message test(String id, String webhook, String cluster, Instant now) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("cluster", cluster).put("webhook", webhook).put("message", "a test of the webhook " + webhook);
        return of("test_" + id, "webhook.test", now, data);
    }

    private static Message of(String id, String type, Instant at, ObjectNode data) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("type", type).put("timestamp", at.toString()).set("data", data);
        return new Message(id, WireCodec.encodeText(body));
    }

    /**
     * The headers by which the receiver knows it.
     *
     * @param now when it is sent, which is not when what it tells of was
     */
    public Map<String, String> headers(Webhook.Secret secret, Instant now) {
        String time = Long.toString(now.getEpochSecond());
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", time);
        headers.put("webhook-signature", "v1," + signature(secret, id + "." + time + "." + body));
        return headers;
    }

    private static String signature(Webhook.Secret secret, String signed) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.key(), ALGORITHM));
            return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }
}
