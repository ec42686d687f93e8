package io.knit.core.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Webhook;
import io.knit.api.model.KnitEvent;
import io.knit.core.server.state.KnownWebhook;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which events tell of a webhook that does not get on, or does again. */
class WebhookWordsTest {
    private static final Instant NOW = Instant.parse("2026-11-28T08:00:00Z");

    private static Webhook.Course course(String phase) {
        int attempts = switch (phase) {
            case "active" -> 0;
            case "retrying" -> Webhook.Course.FAILING - 1;
            case "failing" -> Webhook.Course.FAILING;
            case "still failing" -> Webhook.Course.FAILING + 1;
            default -> 10;
        };
        return new Webhook.Course(7, attempts, null, attempts == 0 ? "" : "answered 500", phase.equals("disabled"), 0);
    }

    private static Optional<KnitEvent> told(String before, String after) {
        Webhook hook = new Webhook(
                "chat", "https://secret.example/x", List.of("*"), List.of(Caller.ALL), NOW, "ann", course(before));
        return WebhookWords.of(new KnownWebhook(hook, Webhook.Secret.of(new byte[32])), course(after), 8, NOW);
    }

    @ParameterizedTest(name = "{0}, then {1}: {2}")
    @CsvSource({
        "active, retrying, ''",
        "retrying, active, ''",
        "retrying, failing, webhook.failing",
        "failing, still failing, ''",
        "failing, active, webhook.recovered",
        "failing, disabled, webhook.disabled",
        "active, disabled, webhook.disabled",
        "disabled, active, webhook.recovered",
        "disabled, disabled, ''",
        "active, active, ''"
    })
    void phases(String before, String after, String event) {
        assertThat(told(before, after).map(KnitEvent::type).orElse("")).isEqualTo(event);
    }

    @Test
    @DisplayName("the words name the webhook and the reason, and never its URL; of one that is gone there are none")
    void words() {
        assertThat(told("retrying", "failing").orElseThrow().message())
                .isEqualTo("webhook chat does not get its events: answered 500, and will be tried again");
        assertThat(told("failing", "disabled").orElseThrow().message())
                .contains("chat gets no events any more: answered 500", "knit webhook test")
                .doesNotContain("secret.example");
        assertThat(told("failing", "active").orElseThrow().message()).isEqualTo("webhook chat gets its events again");
        assertThat(WebhookWords.of(null, course("failing"), 8, NOW)).isEmpty();
    }
}
