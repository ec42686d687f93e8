package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Part of a node's assignment set. Pages with different digests do not belong together: the reader begins again.
 *
 * @param revision rises with the server's state, also over its starts while its clock goes forward
 * @param digest {@link AssignmentSet#digest} of the whole set
 * @param assignments ordered by instance
 * @param more whether there is another page
 * @param serverSession as in {@link HeartbeatReply}: revisions of two starts of the server can't be compared; null: not told
 * @param prepare what is to be made ready, on the last page; null: nothing. Only for agents that can: {@link Features#PREPARE}
 * @param removeVolumes volumes that are to go, on the last page, at most {@link VolumeRemoval#MOST}; null: none. Only for agents that can: {@link Features#VOLUME_REMOVAL}
 */
public record AssignmentsPage(
        int v,
        String cluster,
        long revision,
        String digest,
        List<Assignment> assignments,
        boolean more,
        @JsonProperty("server_session") @Nullable Long serverSession,
        @Nullable List<Prepare> prepare,
        @JsonProperty("remove_volumes") @Nullable List<VolumeRemoval> removeVolumes) {}
