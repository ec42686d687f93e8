package io.knit.core.server.command;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Rollout;
import io.knit.api.model.Rollout.Phase;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.Revision;
import io.knit.core.spec.SpecTable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the commands change that begin from what a deployment is already (pure). Each that takes another spec makes a revision, so that it is
 * seen, compared and undone as any other; what follows from one is the control loop's.
 */
final class PresentCommands {
    private final ClusterState state;
    private final Deployment present;
    private final Revision revision;
    private final Command.Present command;
    private final Caller caller;
    private final Instant now;

    private PresentCommands(ClusterState state, Command.Present command, Caller caller, Instant now) {
        this.state = state;
        this.present = DeploymentCommands.named(state, command.name());
        this.revision = Objects.requireNonNullElseGet(
                state.revision(present.name(), present.revision()),
                () -> Revision.of(present.revision(), present.spec()));
        this.command = command;
        this.caller = caller;
        this.now = now;
    }

    /** Answers with the deployment. */
    static Decision<Deployment> decide(ClusterState state, Command.Present command, Caller caller, Instant now) {
        return new PresentCommands(state, command, caller, now).decide();
    }

    /**
     * The spec that the command makes of the present one, which nobody has looked at as a whole; empty: it makes none, or is refused for what no rule need
     * be asked.
     */
    static Optional<DeploymentSpec> made(ClusterState state, Command.Present command) {
        Deployment present = state.deployment(command.name());
        if (present == null || present.deleting()) {
            return Optional.empty();
        }
        Map<String, Object> other = Map.of();
        if (command instanceof Command.Scale scale
                && present.spec().mode() == Mode.REPLICATED
                && fault(scale.replicas()) == null) {
            other = Map.of("replicas", scale.replicas());
        } else if (command instanceof Command.Restart restart && restart.pull()) {
            other = Map.of("pull", PullPolicy.ALWAYS);
        }
        return other.isEmpty()
                ? Optional.empty()
                : Optional.of(SpecTable.SPEC.with(present.spec(), other)).filter(made -> !made.equals(present.spec()));
    }

    private static @Nullable String fault(int replicas) {
        return SpecTable.SPEC.field("replicas").range().fault("replicas", replicas);
    }

    private Decision<Deployment> decide() {
        if (present.deleting()) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    present.name() + " is being undeployed; deploy it anew, or wait until it is gone");
        }
        DeploymentCommands.require(state, present.name(), command.ifRevision());
        if (command instanceof Command.Rollback rollback) {
            return rollback(rollback);
        }
        if (command instanceof Command.Scale scale) {
            return scale(scale.replicas());
        }
        if (command instanceof Command.Restart restart) {
            return restart(restart.pull());
        }
        if (command instanceof Command.Promote) {
            return promote();
        }
        return pause(command instanceof Command.Pause);
    }

    /** At once and everywhere only to what is known to have been healthy; to what is not, as to any other revision, which is judged. */
    private Decision<Deployment> rollback(Command.Rollback rollback) {
        WayBack back = new WayBack(state, present);
        Revision before = back.to(rollback.revision());
        Revision made = back.made(before, next());
        if (made == null) {
            return Decision.nothing(present);
        }
        String words = Commands.words(command, state);
        Decision<Deployment> revised = DeploymentCommands.revised(state, made.madeBy(caller.name(), words, now), now);
        Rollout rollout = revised.answer().rollout();
        if (rollout.phase() != Phase.MOVING || !back.isProved(made)) {
            return revised;
        }
        int replicas = present.spec().replicas();
        String why = caller.name() + " went back to revision " + before.number()
                + (before.spec().replicas() == replicas ? "" : ", with the present replicas, " + replicas);
        return withRollout(revised, rollout.in(Phase.ROLLING_BACK, why, now));
    }

    private static Decision<Deployment> withRollout(Decision<Deployment> decision, Rollout rollout) {
        Deployment next = decision.answer().with(rollout);
        List<Change> changes = decision.changes().stream()
                .map(change -> change instanceof Change.PutDeployment ? new Change.PutDeployment(next) : change)
                .toList();
        return new Decision<>(changes, next);
    }

    private Decision<Deployment> scale(int replicas) {
        if (present.spec().mode() != Mode.REPLICATED) {
            throw KnitException.at(
                    "/replicas",
                    ErrorCode.INVALID_VALUE,
                    present.name() + " has the mode " + present.spec().mode().wireName()
                            + (present.spec().mode().runsToAnEnd()
                                    ? " and no replicas; deploy it with other job.completions or job.parallelism, which runs it anew"
                                    : ", an instance for each node that is as it wants it; change its node_selector or constraints instead"));
        }
        String fault = fault(replicas);
        if (fault != null) {
            throw KnitException.at("/replicas", ErrorCode.INVALID_VALUE, fault);
        }
        return replicas == present.spec().replicas()
                ? Decision.nothing(present)
                : revised(Revision.of(next(), with(Map.of("replicas", replicas)), revision));
    }

    private Decision<Deployment> restart(boolean pull) {
        DeploymentSpec spec = pull ? with(Map.of("pull", PullPolicy.ALWAYS)) : present.spec();
        Revision again = Revision.anew(next(), spec, revision);
        return revised(pull ? again.pinned(null) : again);
    }

    private Decision<Deployment> pause(boolean isPaused) {
        Rollout rollout = present.rollout();
        // the time that it stood still does not count
        boolean held = rollout.hasFailed() || rollout.phase() == Phase.MOVING && present.paused();
        Deployment next = present.asPaused(isPaused);
        if (!isPaused && present.paused() && present.cron() != null) {
            // what was due meanwhile was not wished for
            next = next.with(present.cron().from(now));
        }
        return put(next.with(held && !isPaused ? rollout.resumed(now, state.served()) : rollout));
    }

    private Decision<Deployment> promote() {
        Rollout rollout = present.rollout();
        boolean waits = rollout.phase() == Phase.CANARY
                || rollout.phase() == Phase.MOVING && present.spec().update().canary() > 0;
        return put(waits && !rollout.promoted() ? present.with(rollout.promotedAt(now, state.served())) : present);
    }

    private Decision<Deployment> put(Deployment next) {
        return next.equals(present)
                ? Decision.nothing(present)
                : new Decision<>(List.of(new Change.PutDeployment(next)), next);
    }

    private int next() {
        return present.revision() + 1;
    }

    private DeploymentSpec with(Map<String, Object> other) {
        return SpecTable.SPEC.with(present.spec(), other);
    }

    private Decision<Deployment> revised(Revision next) {
        return DeploymentCommands.revised(state, next.madeBy(caller.name(), command.words(), now), now);
    }
}
