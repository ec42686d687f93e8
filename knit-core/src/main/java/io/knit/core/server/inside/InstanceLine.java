package io.knit.core.server.inside;

import io.knit.api.spi.runtime.LogLine;
import org.jspecify.annotations.Nullable;

/**
 * A line of one of several instances, or a word about one of them.
 *
 * @param line what it wrote, or null: the note says something
 * @param note why there is nothing, or no more, of this instance; null beside a line
 */
public record InstanceLine(
        String instance, @Nullable LogLine line, @Nullable String note) {}
