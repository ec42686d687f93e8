package io.knit.api.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A revision of a deployment, as one reads it. Immutable.
 *
 * @param deployment its name
 * @param number from 1
 * @param spec with its secrets; what shows it to others masks them
 * @param createdAt when it was accepted, or null: by a release that did not note it
 * @param by the caller who made it, as people know him; empty: not known
 * @param command that made it, in words, as {@code scale web to 3}; empty: not known
 * @param present whether it is the one that is wanted
 * @param instances how many instances are of it and shall run
 * @param imageDigest of the image that all of them run: {@code sha256:} and 64 digits; null: no node has said yet, or its registry knows none
 */
public record RevisionView(
        String deployment,
        int number,
        DeploymentSpec spec,
        @Nullable Instant createdAt,
        String by,
        String command,
        boolean present,
        int instances,
        @Nullable String imageDigest) {
    public RevisionView {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(command, "command");
    }
}
