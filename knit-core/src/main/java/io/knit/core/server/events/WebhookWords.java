package io.knit.core.server.events;

import io.knit.api.command.Webhook;
import io.knit.api.model.KnitEvent;
import io.knit.core.server.state.KnownWebhook;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** That a webhook does not get on, or does again, in words. Its URL is in none: whoever sees events need not know it. */
final class WebhookWords {
    private WebhookWords() {}

    /** Only what people should look at: not each attempt in vain. */
    static Optional<KnitEvent> of(@Nullable KnownWebhook before, Webhook.Course now, long seq, Instant at) {
        if (before == null) {
            return Optional.empty();
        }
        String name = before.webhook().name();
        Webhook.Phase was = before.webhook().course().phase();
        Webhook.Phase is = now.phase();
        if (was == is) {
            return Optional.empty();
        }
        boolean wasTold = was == Webhook.Phase.FAILING || was == Webhook.Phase.DISABLED;
        return switch (is) {
            case FAILING ->
                event(
                        "failing",
                        name + " does not get its events: " + now.reason() + ", and will be tried again",
                        seq,
                        at);
            case DISABLED ->
                event(
                        "disabled",
                        name + " gets no events any more: " + now.reason() + "; knit webhook test sets it going",
                        seq,
                        at);
            case ACTIVE -> wasTold ? event("recovered", name + " gets its events again", seq, at) : Optional.empty();
            case RETRYING -> Optional.empty();
        };
    }

    private static Optional<KnitEvent> event(String word, String words, long seq, Instant at) {
        return Optional.of(new KnitEvent(seq, at, "webhook." + word, null, null, null, "webhook " + words));
    }
}
