package io.knit.api.model;

import io.knit.api.model.NodeJudgement.Witness;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one witness says of a node when it is asked. It moves by the second, so it is stored nowhere.
 *
 * @param alive whether by this witness alone the node's host is alive; of the mesh: whether it heard of the host since its heartbeats stopped
 * @param at when it last saw the host, of a connection when that closed; the mesh's times are told by the mesh, the others are of the server's clock; null: it
 *     never did, as far as this server knows
 * @param words the same for people, as {@code heartbeat 4 s ago}
 */
public record Testimony(
        Witness witness, boolean alive, @Nullable Instant at, String words) {
    public Testimony {
        Objects.requireNonNull(witness, "witness");
        Objects.requireNonNull(words, "words");
    }
}
