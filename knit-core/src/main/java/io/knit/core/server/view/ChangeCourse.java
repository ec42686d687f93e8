package io.knit.core.server.view;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.Mode;
import io.knit.api.model.Order;
import io.knit.api.model.Rollout;
import io.knit.api.model.Settled;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Use;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with a change that was made: all of the deployment runs, and what it replaces or does without has gone; or nothing of it is
 * left; or that does not come (pure). The one judgement for who waits over HTTP and in the program.
 */
public final class ChangeCourse {
    private final DeploymentView made;
    private final boolean shallGo;
    /** What the change itself has ended, by ids: what a smaller number of replicas does without. */
    private final Set<String> ended;

    private ChangeCourse(DeploymentView made, boolean shallGo) {
        this.made = made;
        this.shallGo = shallGo;
        this.ended = made.instances().stream()
                .filter(ChangeCourse::leaves)
                .map(Instance::id)
                .collect(Collectors.toSet());
    }

    /** Of a change that wants it to run. */
    public static ChangeCourse of(DeploymentView made) {
        return new ChangeCourse(made, false);
    }

    /** Of a change after which nothing of it is to be left. */
    public static ChangeCourse ofEnd(DeploymentView made) {
        return new ChangeCourse(made, true);
    }

    /** @param newest the deployment as it is now; null: there is none */
    public Settled settled(@Nullable DeploymentView newest) {
        if (newest == null) {
            return shallGo ? Settled.asWished(null) : Settled.never("it was undeployed meanwhile", null);
        }
        boolean deleting = newest.status() == DeploymentStatus.DELETING;
        if (shallGo && !deleting) {
            return Settled.never("it was deployed again meanwhile", newest);
        } else if (!shallGo && deleting) {
            return Settled.never("it is being undeployed", newest);
        }
        String failure = shallGo ? null : failure(newest);
        if (failure != null) {
            return Settled.never(failure, newest);
        } else if (newest.problem() != null) {
            return Settled.never(newest.problem(), newest);
        } else if (!shallGo && newest.deployment().spec().mode() == Mode.CRON) {
            // it is for the next run: how the last one ended, and what is under way, says nothing of it
            return Settled.asWished(newest);
        }
        return shallGo ? Settled.notYet(newest) : course(newest);
    }

    /** Of what the change has ended or replaced, what is there still on a node that can say so. */
    public List<Instance> leaving(DeploymentView newest) {
        return newest.instances().stream()
                .filter(it -> leaves(it) && (ended.contains(it.id()) || isReplaced(it)))
                .toList();
    }

    /** The last slot is done before the filling that was there has gone. */
    private boolean isReplaced(Instance instance) {
        return instance.revision() < made.deployment().revision();
    }

    /** A rollout may yet fail after all of the new revision run: how long they must is said by {@code min_healthy}. */
    private Settled course(DeploymentView newest) {
        Deployment deployment = newest.deployment();
        Rollout rollout = deployment.rollout();
        boolean replaces = rollout.from() > 0 && rollout.isUnderWay();
        if (newest.status() == wished(newest)
                && !replaces
                && !isTriedOut(deployment)
                && leaving(newest).isEmpty()) {
            return Settled.asWished(newest);
        } else if (replaces && awaitsPeople(deployment)) {
            return Settled.never(rollout.reason(), newest);
        } else if (replaces
                && deployment.paused()
                // what runs everywhere already only has to for long enough
                && newest.status() != wished(newest)
                && newest.instances().stream().allMatch(ChangeCourse::stands)) {
            return Settled.never("it is paused: nothing is replaced until it is resumed", newest);
        } else if (deployment.spec().mode() == Mode.JOB
                && deployment.paused()
                && newest.instances().stream().noneMatch(ChangeCourse::mayEnd)) {
            return Settled.never("it is paused: no attempt begins until it is resumed", newest);
        }
        return Settled.notYet(newest);
    }

    /** Whether it waits for a promotion. What is promoted by itself waits only for canaries whose nodes are away. */
    private static boolean awaitsPeople(Deployment deployment) {
        return deployment.rollout().phase() == Rollout.Phase.CANARY
                && !deployment.spec().update().autoPromote();
    }

    /** Whether a first revision runs, but not yet for long enough. Of a job the end counts, and what is paused begins nothing anew. */
    private static boolean isTriedOut(Deployment deployment) {
        return deployment.rollout().from() == 0
                && deployment.rollout().isUnderWay()
                && !deployment.spec().mode().runsToAnEnd()
                && !deployment.paused();
    }

    /** What it is once all that was asked for is so: a job is over then. */
    private static DeploymentStatus wished(DeploymentView view) {
        return view.deployment().spec().mode() == Mode.JOB ? DeploymentStatus.COMPLETED : DeploymentStatus.RUNNING;
    }

    /** Why what was asked for does not run and will not by itself; null: it may. */
    private @Nullable String failure(DeploymentView newest) {
        Rollout rollout = newest.deployment().rollout();
        // an older rollback stays told until the next rollout begins; one from a later revision may have come back
        // to this one
        boolean wentBack = !rollout.reason().isEmpty()
                && rollout.from() >= made.deployment().revision()
                && !SpecTable.same(
                        Use.CONTAINER,
                        made.deployment().spec(),
                        newest.deployment().spec());
        // a first revision that failed is tried on, and may run now
        boolean runs = rollout.phase() == Rollout.Phase.MOVING && newest.status() == wished(newest);
        if (wentBack || rollout.hasFailed() && !runs) {
            return rollout.reason();
        }
        JobRun run = newest.deployment().run();
        return newest.status() != DeploymentStatus.FAILED ? null : run == null ? "it failed" : run.reason();
    }

    private static boolean leaves(Instance instance) {
        return instance.order() == Order.STOP && !instance.state().isEnd();
    }

    /** Of a job: what was lost may still end well. */
    private static boolean mayEnd(Instance attempt) {
        return attempt.order() == Order.RUN && (attempt.isLive() || attempt.state() == InstanceState.LOST);
    }

    private static boolean stands(Instance instance) {
        return !instance.isLive() || instance.isHealthy();
    }
}
