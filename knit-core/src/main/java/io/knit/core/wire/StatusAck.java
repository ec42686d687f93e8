package io.knit.core.wire;

import java.util.List;

/**
 * The server's answer to a {@link StatusReport}, given after what it says was stored.
 *
 * @param acked for each instance of the report, the highest number that the server has of it; of an instance that the server
 *     does not know, the number of the report
 */
public record StatusAck(int v, String cluster, List<Acked> acked) {
    /** An instance and the number up to which its statuses were taken in. If it is above what was sent, the sender counts on from it. */
    public record Acked(String instance, long seq) {}
}
