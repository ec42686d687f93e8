package io.knit.core.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.knit.api.command.Webhook;
import io.knit.api.model.KnitEvent;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is sent, judged by the reference library of standard-webhooks. */
class MessageTest {
    private static final Instant THEN = Instant.parse("2026-11-27T08:00:00.123Z");
    private static final KnitEvent EVENT = new KnitEvent(
            42, THEN, "instance.failed", "web", "web-0-a", "n1", "web-0-a is failed on n1: “no” ☂ \u0007");

    private static Map<String, List<String>> received(Map<String, String> headers) {
        return headers.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> List.of(entry.getValue())));
    }

    @Test
    @DisplayName("the reference library takes what we sign, with secrets of 24, 50 and 64 bytes, and nothing else")
    void verified() throws Exception {
        Message message = Message.of(EVENT, "c1");
        for (int length : List.of(24, 50, 64)) {
            Webhook.Secret secret =
                    Webhook.Secret.of("x".repeat(length).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            com.standardwebhooks.Webhook reference = new com.standardwebhooks.Webhook(secret.text());
            Map<String, String> headers = message.headers(secret, Instant.now());

            assertThatCode(() -> reference.verify(message.body(), received(headers)))
                    .doesNotThrowAnyException();
            assertThatThrownBy(() -> reference.verify(message.body() + " ", received(headers)))
                    .isInstanceOf(WebhookVerificationException.class);
            headers.put("webhook-id", message.id() + "0");
            assertThatThrownBy(() -> reference.verify(message.body(), received(headers)))
                    .isInstanceOf(WebhookVerificationException.class);
        }
    }

    @Test
    @DisplayName("the example of the standard has the signature that it says")
    void example() {
        Message message = new Message("msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}");
        Webhook.Secret secret = new Webhook.Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assertThat(message.headers(secret, Instant.ofEpochSecond(1_614_265_330)))
                .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
                .containsEntry("webhook-timestamp", "1614265330");
    }

    @Test
    @DisplayName("its id is the same at each attempt, and another for each event; none has a full stop")
    void ids() {
        assertThat(Message.of(EVENT, "c1").id())
                .isEqualTo(Message.of(EVENT, "c1").id())
                .matches("[a-z0-9_]+")
                .isNotEqualTo(Message.of(EVENT.numbered(43), "c1").id())
                .isNotEqualTo(Message.of(EVENT, "c2").id());
        KnitEvent again = new KnitEvent(42, THEN.plusMillis(1), "node.down", null, null, "n1", "n1 is down");
        assertThat(Message.of(again, "c1").id())
                .as("of a number that is given once more after a restore")
                .isNotEqualTo(Message.of(EVENT, "c1").id());
        assertThat(Message.test("abc", "chat", "c1", THEN).id()).isEqualTo("test_abc");
    }

    @Test
    void body() {
        JsonNode body = WireCodec.parse(Message.of(EVENT, "c1").body());
        assertThat(body.path("type").asText()).isEqualTo("instance.failed");
        assertThat(body.path("timestamp").asText()).isEqualTo("2026-11-27T08:00:00.123Z");
        assertThat(body.path("data").toString())
                .isEqualTo(
                        "{\"cluster\":\"c1\",\"seq\":42,\"deployment\":\"web\",\"instance\":\"web-0-a\",\"node\":\"n1\","
                                + "\"message\":\"web-0-a is failed on n1: “no” ☂ \\u0007\"}");
    }

    @Test
    void secretsAreShownToNobody() {
        Webhook.Secret secret = Webhook.Secret.of(new byte[32]);
        assertThat(secret.toString()).doesNotContain(secret.text().substring(6));
        assertThatThrownBy(() -> Webhook.Secret.of(new byte[23])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Webhook.Secret.of(new byte[65])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Webhook.Secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("MfKQ");
    }
}
