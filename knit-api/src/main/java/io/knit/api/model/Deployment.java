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
 * @param rollout how far it has come with that
 */
public record Deployment(
        String name,
        int revision,
        DeploymentSpec spec,
        boolean deleting,
        Instant createdAt,
        Instant updatedAt,
        Rollout rollout) {
    public Deployment {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(updatedAt, "updatedAt");
        Objects.requireNonNull(rollout, "rollout");
    }

    /** One of whose rollout nothing is known. */
    public Deployment(
            String name, int revision, DeploymentSpec spec, boolean deleting, Instant createdAt, Instant updatedAt) {
        this(name, revision, spec, deleting, createdAt, updatedAt, Rollout.NONE);
    }

    public Deployment asDeleting() {
        return new Deployment(name, revision, spec, true, createdAt, updatedAt, rollout);
    }

    /** It has come so far. */
    public Deployment with(Rollout next) {
        return new Deployment(name, revision, spec, deleting, createdAt, updatedAt, next);
    }
}
