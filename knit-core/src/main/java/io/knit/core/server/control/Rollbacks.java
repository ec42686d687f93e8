package io.knit.core.server.control;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Rollout;
import io.knit.api.model.Rollout.Phase;
import io.knit.core.server.depend.DependencyCircle;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.spec.SpecTable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes a deployment whose rollout failed back to the revision that was healthy last (pure). */
final class Rollbacks {
    private Rollbacks() {}

    /** A new revision that makes the same container as that one; how many there are stays as it was wished last, and so does on whom it depends where that revision's would close a circle. Where that is gone, a pause. */
    static List<Change> of(ClusterState state, Deployment deployment, String why, Instant now) {
        Rollout rollout = deployment.rollout();
        Revision healthy = state.revision(deployment.name(), rollout.healthy());
        if (healthy == null) {
            String words = why + "; revision " + rollout.healthy() + ", which was healthy last, is not kept any more";
            return List.of(new Change.PutDeployment(deployment.with(rollout.in(Phase.PAUSED, words, now))));
        }
        int number = deployment.revision() + 1;
        DeploymentSpec same = SpecTable.SPEC.with(
                healthy.spec(), Map.of("replicas", deployment.spec().replicas()));
        // others may depend on this one since, which the revision that goes did not hinder
        Optional<String> circle = DependencyCircle.of(state, same);
        DeploymentSpec spec = circle.isEmpty()
                ? same
                : SpecTable.SPEC.with(
                        same, Map.of("depends_on", deployment.spec().dependsOn()));
        String but = circle.map(way -> " with the depends_on of revision " + deployment.revision()
                        + ", for its own would close a circle: " + way)
                .orElse("");
        Rollout back = rollout.begin(deployment.revision(), now, state.served())
                .in(Phase.ROLLING_BACK, why + "; went back to revision " + healthy.number() + but, now);
        return List.of(
                new Change.PutDeployment(new Deployment(
                        deployment.name(),
                        number,
                        spec,
                        false,
                        deployment.createdAt(),
                        now,
                        deployment.paused(),
                        back)),
                new Change.PutRevision(Revision.of(number, spec, healthy).goneBackTo(now)));
    }
}
