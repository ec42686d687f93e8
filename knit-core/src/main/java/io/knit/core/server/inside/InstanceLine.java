package io.knit.core.server.inside;

import io.knit.api.spi.runtime.LogLine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line of one of several instances, or a word about one of them.
 *
 * @param line what it wrote, or null: the note says something
 * @param note why there is nothing, or no more, of this instance, or that lines are missing; null beside a line
 * @param gap between which times lines may be missing, or null: nothing is said of that
 */
public record InstanceLine(
        String instance,
        @Nullable LogLine line,
        @Nullable String note,
        @Nullable Gap gap) {
    /**
     * Where lines may be missing.
     *
     * @param after when the line before was written
     * @param before when the line behind was
     */
    public record Gap(Instant after, Instant before) {}

    static InstanceLine of(String instance, LogLine line) {
        return new InstanceLine(instance, line, null, null);
    }

    static InstanceLine note(String instance, String words) {
        return new InstanceLine(instance, null, words, null);
    }

    static InstanceLine gap(String instance, Instant after, Instant before) {
        String words = "lines may be missing between " + after + " and " + before
                + ": they were written faster than they were read, and are not kept any more";
        return new InstanceLine(instance, null, words, new Gap(after, before));
    }
}
