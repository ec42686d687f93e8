package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.command.Webhook;
import io.knit.core.server.state.KnownWebhook;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link KnownWebhook} as it is stored; how far it has come is a document of its own.
 *
 * @param secret as it is: what signs can't be kept as a hash
 */
public record KeptWebhook(
        @JsonProperty(required = true) String name,
        @JsonProperty(required = true) String url,
        @JsonProperty(required = true) String secret,
        List<String> events,
        List<String> deployments,
        @Nullable Instant createdAt,
        String createdBy) {
    public static KeptWebhook of(KnownWebhook it) {
        Webhook hook = it.webhook();
        return new KeptWebhook(
                hook.name(),
                hook.url(),
                it.secret().text(),
                hook.events(),
                hook.deployments(),
                hook.createdAt(),
                hook.createdBy());
    }

    /** @throws IllegalArgumentException if its secret is none */
    public KnownWebhook known(Webhook.Course course) {
        Instant created = Objects.requireNonNullElse(createdAt, Instant.EPOCH);
        return new KnownWebhook(
                new Webhook(name, url, events, deployments, created, createdBy, course), new Webhook.Secret(secret));
    }

    @Override
    public String toString() {
        return "KeptWebhook[" + name + "]";
    }
}
