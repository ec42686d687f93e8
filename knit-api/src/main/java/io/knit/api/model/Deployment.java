package io.knit.api.model;

import java.time.Instant;
import java.util.Objects;

/**
 * A named wish, as the server holds it.
 *
 * @param revision number of {@code spec} among this deployment's specs, from 1
 * @param deleting whether it was undeployed and only waits for its last instances to stop
 * @param createdAt when its first revision was accepted
 * @param updatedAt when its present revision was accepted
 * @param paused whether what runs by an older revision is left as it is; what fails or is missing is made good all the same
 */
public record Deployment(
        String name,
        int revision,
        DeploymentSpec spec,
        boolean deleting,
        Instant createdAt,
        Instant updatedAt,
        boolean paused) {
    public Deployment {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(updatedAt, "updatedAt");
    }

    /** One that is not paused. */
    public Deployment(
            String name, int revision, DeploymentSpec spec, boolean deleting, Instant createdAt, Instant updatedAt) {
        this(name, revision, spec, deleting, createdAt, updatedAt, false);
    }

    public Deployment asDeleting() {
        return new Deployment(name, revision, spec, true, createdAt, updatedAt, paused);
    }

    public Deployment asPaused(boolean isPaused) {
        return new Deployment(name, revision, spec, deleting, createdAt, updatedAt, isPaused);
    }
}
