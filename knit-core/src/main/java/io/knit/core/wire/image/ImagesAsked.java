package io.knit.core.wire.image;

/**
 * What is asked of the images of a node.
 *
 * @param remove true: those that its agent has fetched and nothing uses go; else all are listed
 * @param pushed whether those that were pushed go as well
 * @param dryRun whether it is only said which would go
 */
public record ImagesAsked(boolean remove, boolean pushed, boolean dryRun) {
    /** All, as they are. */
    public static final ImagesAsked LIST = new ImagesAsked(false, false, false);
}
