package io.knit.core.server.view;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.CronRun;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobRun.Attempt;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Of what runs to its end: whose output is read once nothing of it is there any more (pure). */
public final class EndedAttempts {
    private EndedAttempts() {}

    /** Those of the last run that ended well and are not instances any more; none while another has a node. */
    public static List<Attempt> of(DeploymentView view) {
        JobRun run = last(view.deployment());
        boolean runs = view.instances().stream().anyMatch(it -> it.isLive() && it.node() != null);
        if (run == null || runs) {
            return List.of();
        }
        Set<String> there = view.instances().stream().map(Instance::id).collect(Collectors.toSet());
        return run.ended().stream()
                .filter(it -> !it.node().isEmpty() && !it.instance().isEmpty() && !there.contains(it.instance()))
                .toList();
    }

    /** Why there is nothing to be read of a deployment. */
    public static KnitException nothing(DeploymentView view) {
        String name = view.name();
        Deployment deployment = view.deployment();
        JobRun run = last(deployment);
        boolean nothingLives = view.instances().stream().noneMatch(Instance::isLive);
        if (run != null && !run.isUnderWay() && nothingLives && !run.completed().isEmpty()) {
            return new KnitException(
                    ErrorCode.NOT_FOUND,
                    name
                            + " ran to its end, and which instances did was not noted by the release that ran it; events name them (GET /events), and"
                            + " GET /instances/{id}/logs has what one of them wrote, as long as its node keeps it");
        }
        return new KnitException(
                ErrorCode.NOT_FOUND,
                deployment.cron() != null && run == null
                        ? "no run of " + name + " has begun yet, so there is nothing that it wrote; GET /deployments/"
                                + name + " says when the next is due"
                        : "no instance of " + name
                                + " has a node yet, so there is nothing that it wrote; GET /deployments/" + name
                                + "/explain says why");
    }

    /** Where all that ended said that they have nothing. */
    public static KnitException gone(String deployment) {
        return new KnitException(
                ErrorCode.NOT_FOUND,
                "what the last run of " + deployment
                        + " wrote is not kept any more: a node keeps it for 7 days, and the newest 64 MiB of all");
    }

    private static @Nullable JobRun last(Deployment deployment) {
        if (deployment.cron() == null) {
            return deployment.run();
        }
        CronRun over = deployment.cron().lastOver();
        return over == null ? null : over.run();
    }
}
