package io.knit.core.server.depend;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.Mode;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotKey;
import io.knit.api.model.TemplateSpec.OnMissing;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.ReadVersions;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a deployment waits for before its first instance starts ({@code depends_on}, {@code on_missing}). Once one of it runs nothing is waited for any more: who
 * depended on a database at first is not to lose an instance for good because both lost theirs with one node (pure).
 */
public final class Dependencies {
    private static final String NEEDS = ", on which it depends";
    private static final String READS = ", which a template reads, is set";

    private Dependencies() {}

    /** Whether an instance's reason is that it waits for what is missing. */
    public static boolean isSaidBy(String reason) {
        return reason.contains(NEEDS) || reason.contains(READS);
    }

    /** What it waits for, as the end of "waits until …"; empty: nothing. */
    public static Optional<String> missing(ClusterState state, Deployment deployment) {
        boolean waits = !deployment.spec().dependsOn().isEmpty()
                || deployment.spec().templates().stream().anyMatch(it -> it.onMissing() == OnMissing.WAIT);
        if (!waits || !ReadVersions.mayWait(state, deployment.name())) {
            return Optional.empty();
        }
        // going back waits for nobody: the server itself stopped what ran
        boolean goesBack = deployment.rollout().phase() == Rollout.Phase.ROLLING_BACK;
        return (goesBack ? List.<String>of() : deployment.spec().dependsOn())
                .stream()
                        .map(name -> missing(state, name))
                        .flatMap(Optional::stream)
                        .findFirst()
                        .or(() -> value(state, deployment));
    }

    /** The same of one that follows what the server stopped: that must not last until others are well, yet without a value nothing of it can be made. */
    public static Optional<String> unset(ClusterState state, Deployment deployment) {
        return ReadVersions.mayWait(state, deployment.name()) ? value(state, deployment) : Optional.empty();
    }

    private static Optional<String> value(ClusterState state, Deployment deployment) {
        Revision present = state.revision(deployment.name(), deployment.revision());
        return Optional.ofNullable(present)
                .flatMap(it -> ReadVersions.awaited(state, it))
                .map(at -> at.split("/", 2))
                .map(at -> "the " + (at[0].equals("var") ? "variable" : at[0]) + " " + at[1] + READS + " (knit " + at[0]
                        + " set " + at[1] + ")");
    }

    private static Optional<String> missing(ClusterState state, String name) {
        Deployment other = state.deployment(name);
        if (other == null || other.deleting()) {
            return Optional.of("there is a deployment " + name + NEEDS);
        }
        JobRun run = other.run();
        if (other.spec().mode() == Mode.JOB) {
            return run != null && run.phase() == JobRun.Phase.COMPLETED
                    ? Optional.empty()
                    : Optional.of("the job " + name + NEEDS + ", has completed");
        }
        if (other.spec().mode() == Mode.CRON) {
            boolean ran = other.cron() != null
                    && other.cron().runs().stream().anyMatch(it -> it.run().phase() == JobRun.Phase.COMPLETED);
            return ran ? Optional.empty() : Optional.of("a run of " + name + NEEDS + ", has completed");
        }
        return isHealthy(other, state.instancesIn(name).values())
                ? Optional.empty()
                : Optional.of(name + NEEDS + ", is healthy");
    }

    /** Whether something healthy is in each slot; of which revision does not matter. */
    private static boolean isHealthy(Deployment deployment, Collection<Instance> instances) {
        Set<SlotKey> healthy = instances.stream()
                .filter(Instance::isHealthy)
                .map(Instance::slotKey)
                .collect(Collectors.toSet());
        return deployment.spec().mode() == Mode.GLOBAL
                ? !healthy.isEmpty()
                        && instances.stream().filter(Instance::isLive).allMatch(it -> healthy.contains(it.slotKey()))
                : healthy.size() >= deployment.spec().replicas();
    }
}
