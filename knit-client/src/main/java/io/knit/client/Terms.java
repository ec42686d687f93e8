package io.knit.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * On what terms something is changed.
 *
 * @param dryRun nothing is done; the answer is the plan of what would be
 * @param patience how long the server waits until the change has settled before it answers, at most 10 minutes; null: it answers at once
 * @param revision the change is made only if the deployment has this revision; null: whichever it has
 */
public record Terms(
        boolean dryRun,
        @Nullable Duration patience,
        @Nullable Long revision) {
    public static Terms none() {
        return new Terms(false, null, null);
    }

    public Terms rehearsed() {
        return new Terms(true, patience, revision);
    }

    public Terms waiting(Duration atMost) {
        return new Terms(dryRun, atMost, revision);
    }

    public Terms onlyIf(long expected) {
        return new Terms(dryRun, patience, expected);
    }
}
