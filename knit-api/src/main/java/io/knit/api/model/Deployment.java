package io.knit.api.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A named wish, as the server holds it.
 *
 * @param revision number of {@code spec} among this deployment's specs, from 1
 * @param deleting whether it was undeployed and only waits for its last instances to stop
 * @param createdAt when its first revision was accepted
 * @param updatedAt when its present revision was accepted
 * @param paused whether what runs by an older revision is left as it is; what fails or is missing is made good all the same
 * @param rollout how far it has come with its present revision
 * @param run how far its job has come; null: it is none, or has not begun
 * @param cron what became of the times of its schedule; null: it has none
 */
public record Deployment(
        String name,
        int revision,
        DeploymentSpec spec,
        boolean deleting,
        Instant createdAt,
        Instant updatedAt,
        boolean paused,
        Rollout rollout,
        @Nullable JobRun run,
        @Nullable CronRuns cron) {
    public Deployment {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(updatedAt, "updatedAt");
        Objects.requireNonNull(rollout, "rollout");
    }

    /** One that is not paused, and of whose rollout nothing is known. */
    public Deployment(
            String name, int revision, DeploymentSpec spec, boolean deleting, Instant createdAt, Instant updatedAt) {
        this(name, revision, spec, deleting, createdAt, updatedAt, false, Rollout.NONE);
    }

    /** One that has run no job. */
    public Deployment(
            String name,
            int revision,
            DeploymentSpec spec,
            boolean deleting,
            Instant createdAt,
            Instant updatedAt,
            boolean paused,
            Rollout rollout) {
        this(name, revision, spec, deleting, createdAt, updatedAt, paused, rollout, null, null);
    }

    public Deployment asDeleting() {
        return new Deployment(name, revision, spec, true, createdAt, updatedAt, paused, rollout, run, cron);
    }

    public Deployment asPaused(boolean isPaused) {
        return new Deployment(name, revision, spec, deleting, createdAt, updatedAt, isPaused, rollout, run, cron);
    }

    /** It has come so far. */
    public Deployment with(Rollout next) {
        return new Deployment(name, revision, spec, deleting, createdAt, updatedAt, paused, next, run, cron);
    }

    /** Its job has come so far. */
    public Deployment with(JobRun next) {
        return new Deployment(name, revision, spec, deleting, createdAt, updatedAt, paused, rollout, next, cron);
    }

    /** The times of its schedule are decided so far. */
    public Deployment with(CronRuns next) {
        return new Deployment(name, revision, spec, deleting, createdAt, updatedAt, paused, rollout, run, next);
    }
}
