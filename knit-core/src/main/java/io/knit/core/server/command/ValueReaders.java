package io.knit.core.server.command;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Order;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.state.OlderValue;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.FollowedReads;
import io.knit.core.server.value.ReadVersions;
import io.knit.core.server.value.Sealing;
import io.knit.core.server.value.ValueCommands;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What follows for deployments from what is kept (pure). Another content goes out as a revision of each deployment that reads it, in the same commit and by its {@code update}; one that runs
 * a job to its end is not run anew for it.
 */
final class ValueReaders {
    private static final int MOST_NAMED = 5;

    private ValueReaders() {}

    static Decision<Value> set(ClusterState state, Command.SetValue set, Sealing sealing, Caller caller, Instant now) {
        Decision<Value> decision = ValueCommands.set(state, set, sealing, caller, now);
        KnownValue before = state.values().get(set.kind(), set.name());
        if (decision.changes().isEmpty()) {
            return decision;
        }
        List<Change> changes = new ArrayList<>(decision.changes());
        SortedSet<String> readers = before == null ? Collections.emptySortedSet() : ReadVersions.readers(state, before);
        if (before != null && !readers.isEmpty()) {
            changes.add(new Change.KeepValue(new OlderValue(before, readers)));
        }
        ClusterState next = state;
        for (Change change : changes) {
            next = change.applyTo(next);
        }
        for (Deployment deployment : state.deployments().values()) {
            Revision revision = next(next, deployment, set);
            if (revision != null) {
                Revision made = revision.madeBy(caller.name(), set.words(), now);
                changes.addAll(DeploymentCommands.revised(next, made, now).changes());
            }
        }
        return new Decision<>(changes, decision.answer());
    }

    /** Null: it is left as it is. */
    private static @Nullable Revision next(ClusterState state, Deployment deployment, Command.SetValue set) {
        Revision present = state.revision(deployment.name(), deployment.revision());
        String at = KnownValue.at(set.kind(), set.name());
        if (present == null
                || deployment.deleting()
                || !present.reads().containsKey(at) && !ReadVersions.isOptional(state, present, at)
                || deployment.spec().mode() == Mode.JOB
                        && ReadVersions.awaited(state, present).isEmpty()) {
            return null;
        }
        try {
            DeploymentSpec spec = deployment.spec();
            Map<String, Integer> reads = ReadVersions.next(state, present, at);
            if (reads.equals(present.reads())) {
                return null;
            }
            int number = deployment.revision() + 1;
            return FollowedReads.of(state, spec, reads).areAlike(present.reads(), reads)
                    ? Revision.of(number, spec, present, reads)
                    // nobody asked for another image
                    : Revision.of(number, spec, reads).pinned(present.digest());
        } catch (KnitException e) {
            if (!ReadVersions.isWhole(state, present)) {
                // a release before took something away that it reads: it runs on with what it has
                return null;
            }
            throw KnitException.at(
                    "/value",
                    ErrorCode.INVALID_VALUE,
                    deployment.name() + " has this file as a template: " + e.getMessage());
        }
    }

    /** Not as long as something is deployed that reads it, or that may go back to what did. */
    static Decision<Value> remove(ClusterState state, Command.RemoveValue remove) {
        Decision<Value> decision = ValueCommands.remove(state, remove);
        String at = KnownValue.at(remove.kind(), remove.name());
        List<String> readers = new ArrayList<>();
        List<Revision> older = new ArrayList<>();
        for (Deployment deployment : state.deployments().values()) {
            Revision reader = deployment.deleting()
                    ? null
                    : ReadVersions.reader(state, deployment, at).orElse(null);
            if (reader != null && reader.number() == deployment.revision()) {
                readers.add(deployment.name());
            } else if (reader != null) {
                older.add(reader);
            }
        }
        if (!readers.isEmpty()) {
            String named = readers.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
            String more = readers.size() > MOST_NAMED ? " and " + (readers.size() - MOST_NAMED) + " more" : "";
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "the " + remove.kind().words() + " " + remove.name() + " is read by " + named + more
                            + "; deploy them without it first, or undeploy them");
        }
        if (!older.isEmpty()) {
            Revision first = older.get(0);
            String more = older.size() == 1 ? "" : ", and of " + (older.size() - 1) + " more deployments one";
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "the " + remove.kind().words() + " " + remove.name() + " is read by revision " + first.number()
                            + " of " + first.deployment() + ", " + whyKept(state, first, more));
        }
        return decision;
    }

    /**
     * Why what an older revision read is needed yet, and until when.
     *
     * @param more who else needs it
     */
    private static String whyKept(ClusterState state, Revision older, String more) {
        Deployment deployment = Objects.requireNonNull(state.deployment(older.deployment()));
        if (deployment.rollout().isUnderWay()) {
            return "which still runs or is gone back to if its update fails" + more
                    + "; remove it when the update is done, or undeploy it";
        }
        List<Instance> there = state.instancesOf(older.deployment()).stream()
                .filter(it -> it.order() == Order.RUN && it.revision() == older.number())
                .toList();
        if (!there.isEmpty() && there.stream().allMatch(it -> whyHeld(state, it) != null)) {
            return whyHeld(state, there) + more + "; remove it when the present revision runs there"
                    + " (what is never back: knit node rm), or undeploy it";
        }
        return !there.isEmpty() || deployment.rollout().healthy() != older.number()
                ? "which still runs" + more + "; remove it when that has ended, or undeploy it"
                : "the last that was healthy in every slot, to which a failed update goes back" + more
                        + "; remove it when the present revision runs and is healthy (with 0 replicas: scale it up), or undeploy it";
    }

    private static String whyHeld(ClusterState state, List<Instance> there) {
        String named = there.stream()
                .limit(MOST_NAMED)
                .map(it -> it.node() + ", which is " + whyHeld(state, it))
                .collect(Collectors.joining(", on "));
        return "which is on " + named
                + (there.size() > MOST_NAMED ? ", and on " + (there.size() - MOST_NAMED) + " more such nodes" : "");
    }

    /** What keeps it where it is though nothing is under way; null: nothing does. */
    private static @Nullable String whyHeld(ClusterState state, Instance instance) {
        Node node = instance.node() == null ? null : state.node(instance.node());
        if (node != null && (node.state() == NodeState.DOWN || instance.state() == InstanceState.LOST)) {
            return "down";
        }
        return node != null && node.wish().availability() != NodeWish.Availability.ACTIVE
                ? node.wish().availability().wireName()
                : null;
    }
}
