package io.knit.core.wire;

import java.util.List;

/**
 * Part of a node's assignment set. Pages with different digests do not belong together: the reader begins again.
 *
 * @param revision the state's revision
 * @param digest {@link AssignmentSet#digest} of the whole set
 * @param assignments ordered by instance
 * @param more whether there is another page
 */
public record AssignmentsPage(
        int v, String cluster, long revision, String digest, List<Assignment> assignments, boolean more) {}
