package io.knit.api.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is run to its end.
 *
 * @param completions so many instances must end with 0
 * @param parallelism so many run at once at most
 * @param retries so many attempts of the run may fail before it has failed
 * @param timeout an attempt that runs for so long has failed; null: it may take as long as it likes
 */
public record JobSpec(
        int completions,
        int parallelism,
        int retries,
        @Nullable Duration timeout) {
    /** What a job has that says nothing of it. */
    public static final JobSpec DEFAULT = new JobSpec(1, 1, 3, null);
}
