package io.knit.api.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change, after it was stored.
 *
 * @param seq rises by one with each event of a cluster, from 1, for ever
 * @param type {@code deployment.created .updated .canary .failed .rolled_back .done .paused .resumed .deleting .deleted}, {@code instance.<state>}, {@code node.<state>},
 *     {@code node.<availability>}, {@code node.labels}, {@code node.refused}, {@code node.forgotten}, {@code volume.removing .kept .removed} or {@code webhook.failing .disabled .recovered}
 * @param deployment the deployment's name, or null if it is about a node
 * @param instance the instance's id, or null
 * @param node the node's id, or null
 * @param message what happened, in words for a user
 */
public record KnitEvent(
        long seq,
        Instant at,
        String type,
        @Nullable String deployment,
        @Nullable String instance,
        @Nullable String node,
        String message) {
    public KnitEvent {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(message, "message");
    }

    /** The same with another number. */
    public KnitEvent numbered(long newSeq) {
        return new KnitEvent(newSeq, at, type, deployment, instance, node, message);
    }
}
