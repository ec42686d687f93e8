package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.CronRuns;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.JobRun;
import io.knit.api.model.Rollout;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A deployment as it is stored. */
public record KeptDeployment(
        @JsonProperty(required = true) String name,
        @JsonProperty(required = true) int revision,
        @JsonProperty(required = true) SpecRef spec,
        boolean deleting,
        Instant createdAt,
        Instant updatedAt,
        boolean paused,
        Rollout rollout,
        @Nullable JobRun run,
        @Nullable CronRuns cron) {
    public static KeptDeployment of(Deployment it, String blob) {
        return new KeptDeployment(
                it.name(),
                it.revision(),
                SpecRef.of(it.spec(), blob),
                it.deleting(),
                it.createdAt(),
                it.updatedAt(),
                it.paused(),
                it.rollout(),
                it.run(),
                it.cron());
    }

    /** The same with its spec under another name. */
    public KeptDeployment named(String blob) {
        return new KeptDeployment(
                name, revision, spec.named(blob), deleting, createdAt, updatedAt, paused, rollout, run, cron);
    }

    public Deployment with(DeploymentSpec whole) {
        return new Deployment(name, revision, whole, deleting, createdAt, updatedAt, paused, rollout, run, cron);
    }
}
