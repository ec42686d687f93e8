package io.knit.core.wire;

import org.jspecify.annotations.Nullable;

/**
 * What became of a {@link Prepare}. Said in every heartbeat for as long as the order stands.
 *
 * @param attempt the order's
 * @param refusal why it could not be made ready, in words; null: it is ready
 */
public record Prepared(
        String instance, int attempt, @Nullable String refusal) {}
