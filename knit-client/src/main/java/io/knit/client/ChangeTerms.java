package io.knit.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * On what terms something is changed.
 *
 * @param dryRun nothing is done; the answer is the plan of what would be
 * @param patience how long the server waits until the change has settled before it answers, at most 10 minutes; null: it answers at once
 * @param revision the change is made only if the deployment has this revision, 0: only if there is none of that name; null: whichever it has
 */
public record ChangeTerms(
        boolean dryRun,
        @Nullable Duration patience,
        @Nullable Long revision) {
    public static ChangeTerms none() {
        return new ChangeTerms(false, null, null);
    }

    public ChangeTerms rehearsed() {
        return new ChangeTerms(true, patience, revision);
    }

    public ChangeTerms waiting(Duration atMost) {
        return new ChangeTerms(dryRun, atMost, revision);
    }

    public ChangeTerms onlyIf(long expected) {
        return new ChangeTerms(dryRun, patience, expected);
    }
}
