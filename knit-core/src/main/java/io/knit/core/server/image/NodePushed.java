package io.knit.core.server.image;

/**
 * What became of a push on one node.
 *
 * @param bytes that were sent to it
 * @param left how many of the lowest layers it had, so that they were not sent
 * @param reason in words, where it has not got it; else empty
 */
public record NodePushed(String node, State state, long bytes, int left, String reason) {
    /** What it can be. */
    public enum State {
        /** It has it now. */
        LOADED,
        /** It had this very image by that name. */
        PRESENT,
        /** It has not got it. */
        FAILED,
        /** It was not asked, for it is not ready, is drained or can't take images. */
        SKIPPED
    }

    static NodePushed failed(String node, String reason) {
        return new NodePushed(node, State.FAILED, 0, 0, reason);
    }

    static NodePushed skipped(String node, String reason) {
        return new NodePushed(node, State.SKIPPED, 0, 0, reason);
    }
}
