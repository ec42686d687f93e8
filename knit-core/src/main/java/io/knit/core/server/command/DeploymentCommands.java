package io.knit.core.server.command;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Mode;
import io.knit.api.model.Rollout;
import io.knit.core.server.depend.DependencyCircle;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.FollowedReads;
import io.knit.core.server.value.ReadVersions;
import io.knit.core.server.volume.SharedVolumes;
import io.knit.core.server.volume.VolumeCommands;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Use;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a user's commands change (pure). What follows from that is the control loop's. */
final class DeploymentCommands {
    /** Leaves room for what a message carries beside the spec. */
    static final int LARGEST_SPEC = WireCodec.MAX_BYTES - 64 * 1024;

    private DeploymentCommands() {}

    /** Answers with the deployment; the same spec again changes nothing, even if only the secret is the same too. */
    static Decision<Deployment> deploy(ClusterState state, Command.Deploy command, Caller caller, Instant now) {
        DeploymentSpec spec = command.spec();
        require(state, spec.name(), command.ifRevision());
        int size = WireCodec.encode(spec).length;
        if (size > LARGEST_SPEC) {
            throw KnitException.at(
                    "",
                    ErrorCode.TOO_LARGE,
                    "the deployment has " + size + " bytes; at most " + LARGEST_SPEC
                            + " fit into a message to an agent; make its templates smaller");
        }
        Deployment present = state.deployment(spec.name());
        if (present != null && !present.deleting() && present.spec().equals(spec)) {
            return Decision.nothing(present);
        }
        int number = present == null ? 1 : present.revision() + 1;
        return revised(state, revision(state, number, spec).madeBy(caller.name(), command.words(), now), now);
    }

    /** What a deployment's next revision changes. Answers with the deployment. */
    static Decision<Deployment> revised(ClusterState state, Revision next, Instant now) {
        Deployment present = state.deployment(next.deployment());
        requireMode(present, next.spec());
        requireNoCircle(state, next.spec());
        SharedVolumes.requireSame(state, next.spec());
        Instant created = present == null ? now : present.createdAt();
        boolean paused = present != null && present.paused();
        Rollout rollout = rollout(present, state, next, now);
        Deployment revised = new Deployment(
                next.deployment(),
                next.number(),
                next.spec(),
                false,
                created,
                now,
                paused,
                rollout,
                null,
                cron(present, next.spec(), now));
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.PutDeployment(revised));
        changes.add(new Change.PutRevision(next));
        changes.addAll(forgotten(state, next.deployment(), next.number()));
        return new Decision<>(changes, revised);
    }

    /** Its runs go on by their own revision. What is another schedule counts from now on, and has missed nothing. */
    private static @Nullable CronRuns cron(@Nullable Deployment present, DeploymentSpec next, Instant now) {
        CronSpec wanted = next.cron();
        if (next.mode() != Mode.CRON || wanted == null) {
            return null;
        }
        CronSpec before =
                present == null || present.deleting() ? null : present.spec().cron();
        if (present == null || present.cron() == null || before == null) {
            return CronRuns.begin(now);
        }
        boolean same =
                before.schedule().equals(wanted.schedule()) && before.timeZone().equals(wanted.timeZone());
        return same ? present.cron() : present.cron().from(now);
    }

    /** With another mode the slots are others, and all that runs would go at once. */
    private static void requireMode(@Nullable Deployment present, DeploymentSpec next) {
        if (present != null && !present.deleting() && present.spec().mode() != next.mode()) {
            throw KnitException.at(
                    "/mode",
                    ErrorCode.INVALID_VALUE,
                    present.name() + " has the mode " + present.spec().mode().wireName() + " and can't become "
                            + next.mode().wireName()
                            + "; undeploy it first, or give the other one another name");
        }
    }

    private static void requireNoCircle(ClusterState state, DeploymentSpec next) {
        DependencyCircle.of(state, next).ifPresent(way -> {
            throw KnitException.at(
                    "/depends_on",
                    ErrorCode.INVALID_VALUE,
                    "depends_on closes a circle, in which none would ever start: " + way + "; leave one of them out");
        });
    }

    /**
     * Another container is another rollout. More of the same, or the same elsewhere, goes on with what is under way; what was tried on though it had
     * failed is judged anew, for it was changed.
     */
    private static Rollout rollout(@Nullable Deployment present, ClusterState state, Revision next, Instant now) {
        if (next.spec().mode().runsToAnEnd()) {
            return Rollout.NONE;
        }
        if (present == null || present.deleting()) {
            return Rollout.NONE.begin(0, now, state.served());
        }
        Revision before = state.revision(present.name(), present.revision());
        boolean same = before != null && before.specHash().equals(next.specHash());
        Rollout rollout = present.rollout();
        if (!same) {
            return rollout.begin(present.revision(), now, state.served());
        }
        boolean triedOn = rollout.phase() == Rollout.Phase.MOVING && rollout.hasFailed();
        return triedOn ? rollout.resumed(now, state.served()) : rollout;
    }

    /**
     * Of all that make the same container, the newest names it: what runs was made by that, if by any.
     *
     * @throws KnitException with {@code INVALID_VALUE} if it reads what is not there
     */
    static Revision revision(ClusterState state, int number, DeploymentSpec spec) {
        Map<String, Integer> reads = ReadVersions.of(state, spec);
        FollowedReads followed = FollowedReads.of(state, spec, reads);
        return state.revisionsOf(spec.name()).stream()
                .filter(before ->
                        SpecTable.same(Use.CONTAINER, before.spec(), spec) && followed.areAlike(before.reads(), reads))
                .max(Comparator.comparingInt(Revision::number))
                .map(before -> Revision.of(number, spec, before, reads))
                .orElseGet(() -> Revision.of(number, spec, reads));
    }

    /**
     * Revisions that are too many now. One that an instance still has is looked at again at the next deploy, and so is the one to which a rollout
     * that fails goes back.
     */
    private static List<Change> forgotten(ClusterState state, String name, int newest) {
        Set<Integer> used =
                state.instancesOf(name).stream().map(Instance::revision).collect(Collectors.toSet());
        Deployment present = state.deployment(name);
        if (present != null) {
            used.add(present.rollout().healthy());
        }
        if (present != null && present.cron() != null) {
            present.cron().underWay().forEach(it -> used.add(it.run().revision()));
        }
        return state.revisionsOf(name).stream()
                .map(Revision::number)
                .filter(number -> number <= newest - Revision.KEPT && !used.contains(number))
                .<Change>map(number -> new Change.RemoveRevision(name, number))
                .toList();
    }

    /** Answers with the deployment as it was. */
    static Decision<Deployment> undeploy(ClusterState state, Command.Undeploy command, Instant now) {
        String name = command.name();
        Deployment present = named(state, name);
        require(state, name, command.ifRevision());
        List<Change> changes = new ArrayList<>();
        if (!present.deleting()) {
            changes.add(new Change.PutDeployment(present.asDeleting()));
        }
        if (command.volumes()) {
            changes.addAll(VolumeCommands.removing(state, name, now));
        }
        return new Decision<>(changes, present);
    }

    /** @throws KnitException with {@code NOT_FOUND} */
    static Deployment named(ClusterState state, String name) {
        Deployment present = state.deployment(name);
        if (present == null) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND, "there is no deployment named \"" + name + "\"; GET /deployments lists them");
        }
        return present;
    }

    /** Nobody's change is undone by one who did not know of it. */
    static void require(ClusterState state, String name, @Nullable Integer expected) {
        Deployment present = state.deployment(name);
        int number = present == null ? 0 : present.revision();
        if (expected == null || expected == number) {
            return;
        }
        throw new KnitException(
                ErrorCode.REVISION_CHANGED,
                (number == 0 ? "there is no deployment " + name : name + " has revision " + number)
                        + (expected == 0
                                ? ", and it was to be made anew"
                                : ", not " + expected + " as the request says")
                        + "; nothing was changed. Look at what it is now, and send the change again");
    }
}
