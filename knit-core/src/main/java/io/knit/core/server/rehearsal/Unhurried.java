package io.knit.core.server.rehearsal;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.JobSpec;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.spec.SpecTable;
import java.util.Map;

/**
 * A state in which an attempt of a job may take as long as it likes. On time that only seems to pass none comes to its end, and of one with a
 * {@code timeout} nothing would be told but that it failed (pure).
 */
final class Unhurried {
    private Unhurried() {}

    static ClusterState of(ClusterState state) {
        ClusterState result = state;
        for (Deployment deployment : state.deployments().values()) {
            if (isHurried(deployment.spec())) {
                result = new Change.PutDeployment(new Deployment(
                                deployment.name(),
                                deployment.revision(),
                                unhurried(deployment.spec()),
                                deployment.deleting(),
                                deployment.createdAt(),
                                deployment.updatedAt(),
                                deployment.paused(),
                                deployment.rollout(),
                                deployment.run(),
                                deployment.cron()))
                        .applyTo(result);
            }
            // a run of a schedule goes by the one with which it began
            if (deployment.spec().mode().runsToAnEnd()) {
                for (Revision revision : state.revisionsOf(deployment.name())) {
                    result = isHurried(revision.spec()) ? new Change.PutRevision(of(revision)).applyTo(result) : result;
                }
            }
        }
        return result;
    }

    private static Revision of(Revision revision) {
        return new Revision(
                revision.deployment(),
                revision.number(),
                unhurried(revision.spec()),
                revision.specHash(),
                revision.blob(),
                revision.createdAt(),
                revision.by(),
                revision.command(),
                revision.reads(),
                revision.digest(),
                revision.wasHealthy());
    }

    private static boolean isHurried(DeploymentSpec spec) {
        return spec.job() != null && spec.job().timeout() != null;
    }

    private static DeploymentSpec unhurried(DeploymentSpec spec) {
        JobSpec job = spec.job();
        return job == null
                ? spec
                : SpecTable.SPEC.with(
                        spec, Map.of("job", new JobSpec(job.completions(), job.parallelism(), job.retries(), null)));
    }
}
