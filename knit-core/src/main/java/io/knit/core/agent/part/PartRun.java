package io.knit.core.agent.part;

import io.knit.api.model.PartSpec;

/**
 * One container that runs to its end.
 *
 * @param words what it is, for a user
 */
public record PartRun(PartSpec part, String words) {
    /** Makes an instance ready. */
    public static PartRun init(PartSpec part) {
        return new PartRun(part, "init container " + part.name());
    }
}
