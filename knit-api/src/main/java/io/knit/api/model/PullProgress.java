package io.knit.api.model;

/**
 * How far the pull of an image has come.
 *
 * @param fetched bytes that have come, at least 0; no more than {@code size} where its agent is sound
 * @param size bytes of all layers of which the engine has said the size so far, at least 0; rises while it begins with more of them
 */
public record PullProgress(long fetched, long size) {
    public PullProgress {
        size = Math.max(0, size);
        fetched = Math.max(0, fetched);
    }
}
