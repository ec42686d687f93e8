package io.knit.core.server.state;

import io.knit.api.command.Webhook;

/** A webhook, and what its messages are signed with. */
public record KnownWebhook(Webhook webhook, Webhook.Secret secret) {
    KnownWebhook with(Webhook.Course next) {
        return new KnownWebhook(webhook.with(next), secret);
    }
}
