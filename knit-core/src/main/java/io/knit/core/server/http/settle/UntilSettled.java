package io.knit.core.server.http.settle;

import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Mode;
import io.knit.api.model.Order;
import io.knit.api.model.Rollout;
import io.knit.core.server.http.answer.Unfinished;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Use;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Until all of a deployment runs, and what it replaces or does without has gone; or until nothing of it is left. */
class UntilSettled extends Waiter<DeploymentView> {
    private final DeploymentView made;
    private final boolean shallGo;
    /** What the change itself has ended, by ids: what a smaller number of replicas does without. */
    private final Set<String> ended;

    UntilSettled(
            Settling settling,
            DeploymentView made,
            Duration patience,
            boolean shallGo,
            Consumer<ChangeOutcome<DeploymentView>> answer) {
        super(settling, patience, answer);
        this.made = made;
        this.shallGo = shallGo;
        this.ended = made.instances().stream()
                .filter(UntilSettled::leaves)
                .map(Instance::id)
                .collect(Collectors.toSet());
    }

    @Override
    boolean concerns(KnitEvent event) {
        return made.name().equals(event.deployment());
    }

    @Override
    Optional<DeploymentView> newest() {
        return settling.orchestrator.deployment(made.name());
    }

    @Override
    @Nullable
    ChangeOutcome<DeploymentView> judge(@Nullable DeploymentView view) {
        if (view == null) {
            return new ChangeOutcome<>(null, shallGo ? null : "it was undeployed meanwhile");
        }
        boolean deleting = view.status() == DeploymentStatus.DELETING;
        if (shallGo && !deleting) {
            return new ChangeOutcome<>(view, "it was deployed again meanwhile");
        } else if (!shallGo && deleting) {
            return new ChangeOutcome<>(view, "it is being undeployed");
        } else if (!shallGo && failed(view) != null) {
            return new ChangeOutcome<>(view, failed(view));
        } else if (!shallGo && view.status() == DeploymentStatus.FAILED) {
            JobRun run = view.deployment().run();
            return new ChangeOutcome<>(view, run == null ? "it failed" : run.reason());
        } else if (view.problem() != null) {
            return new ChangeOutcome<>(view, view.problem());
        }
        return shallGo ? null : course(view, leaving(view).isEmpty());
    }

    /** Of what the change has ended, what is there still on a node that can say so. */
    private List<Instance> leaving(DeploymentView view) {
        return view.instances().stream()
                .filter(it -> ended.contains(it.id()) && leaves(it))
                .toList();
    }

    /** A rollout may yet fail and go back after all of the new revision run: how long they must is said by {@code min_healthy}. */
    private static @Nullable ChangeOutcome<DeploymentView> course(DeploymentView view, boolean gone) {
        Deployment deployment = view.deployment();
        Rollout rollout = deployment.rollout();
        boolean replaces = rollout.from() > 0 && rollout.isUnderWay();
        if (view.status() == settled(view) && !replaces && gone) {
            return new ChangeOutcome<>(view, null);
        } else if (replaces && rollout.phase() == Rollout.Phase.CANARY) {
            return new ChangeOutcome<>(view, rollout.reason());
        } else if (replaces && deployment.paused() && view.instances().stream().allMatch(UntilSettled::stands)) {
            return new ChangeOutcome<>(view, "it is paused: nothing is replaced until it is resumed");
        }
        return null;
    }

    @Override
    String hindrance() {
        return newest().map(view -> {
                    String words = Unfinished.words(view);
                    return words.isEmpty() ? Unfinished.words(leaving(view)) : words;
                })
                .orElse("");
    }

    /** What it is once all that was asked for is so: a job is over then. */
    private static DeploymentStatus settled(DeploymentView view) {
        return view.deployment().spec().mode() == Mode.JOB ? DeploymentStatus.COMPLETED : DeploymentStatus.RUNNING;
    }

    /** Why what was asked for does not run and will not by itself; null: it may. */
    private @Nullable String failed(DeploymentView view) {
        Rollout rollout = view.deployment().rollout();
        // an older rollback stays told until the next rollout begins; one from a later revision may have come back
        // to this one
        boolean wentBack = !rollout.reason().isEmpty()
                && rollout.from() >= made.deployment().revision()
                && !SpecTable.same(
                        Use.CONTAINER,
                        made.deployment().spec(),
                        view.deployment().spec());
        return wentBack || rollout.phase() == Rollout.Phase.PAUSED ? rollout.reason() : null;
    }

    private static boolean leaves(Instance instance) {
        return instance.order() == Order.STOP && !instance.state().isEnd();
    }

    private static boolean stands(Instance instance) {
        return !instance.isLive() || instance.isHealthy();
    }
}
