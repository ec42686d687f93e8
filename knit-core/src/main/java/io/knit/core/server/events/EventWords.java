package io.knit.core.server.events;

import io.knit.api.model.Deployment;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Preparation;
import io.knit.api.model.Rollout;
import io.knit.core.server.schedule.fit.Refusal;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Step;
import io.knit.core.server.state.WaitWords;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts a change into words. The only place where events are made. */
final class EventWords {
    private static final int MOST_LABELS = 300;

    private EventWords() {}

    /**
     * The change's event, or empty if it means nothing to people.
     *
     * @param first before the whole decision
     * @param end after the whole decision
     */
    static Optional<KnitEvent> of(ClusterState first, Step step, ClusterState end, long seq, Instant now) {
        ClusterState before = step.before();
        Change change = step.change();
        if (change instanceof Change.PutDeployment put) {
            return deployment(before.deployment(put.deployment().name()), put.deployment(), seq, now);
        }
        if (change instanceof Change.RemoveDeployment remove) {
            return Optional.of(new KnitEvent(
                    seq,
                    now,
                    "deployment.deleted",
                    remove.name(),
                    null,
                    null,
                    remove.name() + " is gone from every node"));
        }
        if (change instanceof Change.PutInstance put) {
            Instance old = before.instance(put.instance().id());
            // why it waits may be found out later in the same decision
            List<Waiting> waits = end.waitsOf(put.instance().deployment());
            return instance(old, WaitWords.whole(put.instance(), waits), seq, now);
        }
        if (change instanceof Change.PutWaits put) {
            return waits(first, put, seq, now);
        }
        if (change instanceof Change.RemoveInstance remove) {
            return removed(before, before.instance(remove.id()), seq, now);
        }
        if (change instanceof Change.PutObserved put) {
            Instance old = before.instance(put.instance());
            return old == null ? Optional.empty() : instance(old, old.with(put.observed()), seq, now);
        }
        String node = change.nodePut();
        if (node != null) {
            return node(before.node(node), step.after().node(node), seq, now);
        }
        if (change instanceof Change.RemoveNode remove) {
            String message = remove.id() + " is forgotten; an agent may take its name anew"
                    + GoneVolumes.words(before.volumesOn(remove.id()).values());
            return Optional.of(new KnitEvent(seq, now, "node.forgotten", null, null, remove.id(), message));
        }
        if (change instanceof Change.PutVolume put) {
            return SlotVolumeWords.of(before.volumes().get(put.volume().key()), put.volume(), seq, now);
        }
        if (change instanceof Change.PutMove put) {
            return SlotVolumeWords.moving(before.moves().get(put.move().key()), put.move(), seq, now);
        }
        if (change instanceof Change.RemoveMove remove) {
            return SlotVolumeWords.moved(before.moves().get(remove.key()), remove.failure(), seq, now);
        }
        if (change instanceof Change.RemoveVolume remove) {
            return SlotVolumeWords.gone(before.volumes().get(remove.key()), seq, now);
        }
        if (change instanceof Change.Quarantine put) {
            return put.reason().isEmpty()
                    ? Optional.empty()
                    : Optional.of(event(
                            seq,
                            now,
                            "deployment.quarantined",
                            put.deployment(),
                            put.deployment() + " is left as it is: " + put.reason()));
        }
        if (change instanceof Change.PutCourse put) {
            return WebhookWords.of(before.webhooks().get(put.webhook()), put.course(), seq, now);
        }
        if (change instanceof Change.RefuseAgent refuse) {
            return Optional.of(new KnitEvent(seq, now, "node.refused", null, null, refuse.node(), refuse.message()));
        }
        return Optional.empty();
    }

    private static Optional<KnitEvent> deployment(@Nullable Deployment old, Deployment now, long seq, Instant at) {
        if (now.deleting()) {
            return Optional.of(event(seq, at, "deployment.deleting", now.name(), now.name() + " is being undeployed"));
        }
        if (old == null) {
            return Optional.of(event(
                    seq,
                    at,
                    "deployment.created",
                    now.name(),
                    now.name() + " is deployed: " + now.spec().image()));
        }
        Rollout rollout = now.rollout();
        // what only goes on with a rollout, as more of the same does, went back to nothing
        boolean begins = rollout.from() == old.revision();
        if (old.revision() != now.revision() && begins && rollout.phase() == Rollout.Phase.ROLLING_BACK) {
            return Optional.of(event(
                    seq,
                    at,
                    "deployment.rolled_back",
                    now.name(),
                    now.name() + " has revision " + now.revision() + ": " + rollout.reason()));
        }
        if (old.revision() != now.revision()) {
            return Optional.of(event(
                    seq,
                    at,
                    "deployment.updated",
                    now.name(),
                    now.name() + " has revision " + now.revision() + ": "
                            + now.spec().image()));
        }
        if (old.paused() != now.paused()) {
            return Optional.of(
                    now.paused()
                            ? event(
                                    seq,
                                    at,
                                    "deployment.paused",
                                    now.name(),
                                    now.name()
                                            + (now.spec().mode() == Mode.CRON
                                                    ? " is paused: no run begins until it is resumed"
                                                    : " is paused: what runs by an older revision is left as it is"))
                            : event(seq, at, "deployment.resumed", now.name(), now.name() + " is no longer paused"));
        }
        JobRun run = now.run();
        if (run != null && !run.isUnderWay() && (old.run() == null || old.run().isUnderWay())) {
            return Optional.of(
                    run.phase() == JobRun.Phase.COMPLETED
                            ? event(
                                    seq,
                                    at,
                                    "deployment.completed",
                                    now.name(),
                                    now.name() + " has completed: "
                                            + run.completed().size() + " ended with exit code 0")
                            : event(seq, at, "deployment.failed", now.name(), now.name() + " failed: " + run.reason()));
        }
        return now.cron() != null && !now.cron().equals(old.cron())
                ? CronWords.of(old, now, seq, at)
                : rollout(old.rollout(), now, seq, at);
    }

    private static Optional<KnitEvent> rollout(Rollout old, Deployment now, long seq, Instant at) {
        Rollout rollout = now.rollout();
        if (rollout.phase() == Rollout.Phase.MOVING && rollout.hasFailed() && !old.hasFailed()) {
            return Optional.of(event(
                    seq,
                    at,
                    "deployment.failed",
                    now.name(),
                    now.name() + " has failed, and goes on being tried: " + rollout.reason()));
        }
        int canaries = now.spec().update().canary();
        boolean waitedForOne = old.awaits(canaries) && !rollout.awaits(canaries);
        if (old.phase() == rollout.phase() && !waitedForOne) {
            return Optional.empty();
        }
        return switch (rollout.phase()) {
            case CANARY ->
                // that one is away is told of its node: who is told here may promote them
                rollout.awaits(canaries)
                        ? Optional.empty()
                        : Optional.of(
                                event(seq, at, "deployment.canary", now.name(), now.name() + ": " + rollout.reason()));
            case PAUSED ->
                Optional.of(event(
                        seq,
                        at,
                        "deployment.failed",
                        now.name(),
                        now.name() + " is left as it is: " + rollout.reason()));
            case DONE ->
                Optional.of(event(
                        seq,
                        at,
                        "deployment.done",
                        now.name(),
                        now.name() + " runs revision " + now.revision() + " in every slot"));
            case MOVING, ROLLING_BACK -> Optional.empty();
        };
    }

    /** The first refusal is told of each instance that came with it. */
    private static Optional<KnitEvent> waits(ClusterState first, Change.PutWaits put, long seq, Instant at) {
        boolean waited = first.knowsWaitsOf(put.deployment())
                && !first.waitingOf(put.deployment()).isEmpty();
        if (!waited || put.waits().isEmpty()) {
            return Optional.empty();
        }
        List<Waiting> old = first.waitsOf(put.deployment());
        Refusal now = put.waits().get(0).refusal();
        return !old.isEmpty() && old.get(0).refusal().equals(now)
                ? Optional.empty()
                : Optional.of(event(
                        seq,
                        at,
                        "deployment.pending",
                        put.deployment(),
                        put.deployment() + " still waits: " + now.sentence()));
    }

    private static KnitEvent event(long seq, Instant at, String type, String deployment, String message) {
        return new KnitEvent(seq, at, type, deployment, null, null, message);
    }

    private static Optional<KnitEvent> instance(@Nullable Instance old, Instance now, long seq, Instant at) {
        if (old != null && old.leaves() == null && now.leaves() != null) {
            String message = now.id() + " is to leave " + now.node() + ": " + now.leaves();
            return Optional.of(
                    new KnitEvent(seq, at, "instance.leaving", now.deployment(), now.id(), now.node(), message));
        }
        if (old != null && old.pushedOutBy() == null && now.pushedOutBy() != null) {
            String message = now.id() + " leaves " + now.node() + ": " + now.reason();
            return Optional.of(
                    new KnitEvent(seq, at, "instance.pushed_out", now.deployment(), now.id(), now.node(), message));
        }
        if (old != null
                && old.shown() == now.shown()
                && old.reason().equals(now.reason())
                && old.restarts() == now.restarts()
                && !isToldOfItsCheck(old, now)) {
            return Optional.empty();
        }
        boolean refusedAnew = old != null && old.attempt() < now.attempt();
        if (now.attempt() > 0 && !refusedAnew && isStepOfARetry(now.state()) || isPreparedAgain(now)) {
            // that the last try failed was told, with what was said; so is how this one ends
            return Optional.empty();
        }
        String where = now.node() == null ? "" : " on " + now.node();
        String why = now.reason().isEmpty() ? "" : ": " + now.reason();
        String word = old != null && isToldOfItsCheck(old, now)
                ? now.health().wireName()
                : now.shown().wireName();
        String message = now.id() + " is " + word + where + why;
        return Optional.of(new KnitEvent(seq, at, "instance." + word, now.deployment(), now.id(), now.node(), message));
    }

    /** That its check succeeded, or did not any more; that it is waited for was told by its start. */
    private static boolean isToldOfItsCheck(Instance old, Instance now) {
        return old.health() != now.health()
                && now.state() == InstanceState.RUNNING
                && (now.health() == Health.HEALTHY || now.health() == Health.UNHEALTHY);
    }

    private static boolean isPreparedAgain(Instance now) {
        Preparation preparation = now.preparation();
        return preparation != null && (preparation.done() || now.attempt() > 0);
    }

    private static boolean isStepOfARetry(InstanceState state) {
        return switch (state) {
            case PENDING, ASSIGNED, PREPARING, STARTING -> true;
            case RUNNING, STOPPING, STOPPED, COMPLETED, FAILED, REJECTED, LOST -> false;
        };
    }

    private static Optional<KnitEvent> removed(ClusterState before, @Nullable Instance old, long seq, Instant at) {
        // that it failed or was rejected was told: nothing of it ran since
        if (old == null
                || old.state() == InstanceState.STOPPED
                || old.state() == InstanceState.REJECTED
                || old.state() == InstanceState.FAILED) {
            return Optional.empty();
        }
        if (old.node() != null && before.node(old.node()) == null) {
            // forgotten with its node: what became of it was told when the node went down
            return Optional.empty();
        }
        String where = old.node() == null ? " before it had a node" : " on " + old.node();
        return Optional.of(new KnitEvent(
                seq, at, "instance.stopped", old.deployment(), old.id(), old.node(), old.id() + " is stopped" + where));
    }

    private static Optional<KnitEvent> node(@Nullable Node old, @Nullable Node now, long seq, Instant at) {
        if (old != null && now != null && !old.wish().equals(now.wish())) {
            return Optional.of(wished(old, now, seq, at));
        }
        if (now == null
                || old != null && old.state() == now.state() && old.condition().equals(now.condition())) {
            return Optional.empty();
        }
        String why = !now.condition().isEmpty()
                ? ", but takes no work: " + now.condition()
                : now.reason().isEmpty() ? "" : ": " + now.reason();
        return Optional.of(new KnitEvent(
                seq,
                at,
                now.judgement().isHeld()
                        ? "node.flapping"
                        : "node." + now.state().wireName(),
                null,
                null,
                now.id(),
                now.id() + " is " + now.state().wireName() + why));
    }

    private static KnitEvent wished(Node old, Node now, long seq, Instant at) {
        NodeWish wish = now.wish();
        if (old.wish().availability() == wish.availability()
                && Objects.equals(old.wish().deadline(), wish.deadline())
                && Objects.equals(old.wish().startFirst(), wish.startFirst())) {
            return new KnitEvent(
                    seq, at, "node.labels", null, null, now.id(), now.id() + " has other labels: " + labels(now));
        }
        String by = wish.by().isEmpty() ? "" : " by " + wish.by();
        String words = switch (wish.availability()) {
            case ACTIVE -> " is activated" + by + ": it takes work again";
            case PAUSED -> " is paused" + by + ": it keeps what it has, and takes nothing new";
            case DRAINED ->
                " is drained" + by + ": it takes nothing new, and what it has goes elsewhere"
                        + (wish.startFirst() == null
                                ? ""
                                : wish.startFirst()
                                        ? ", each stopped once its successor is healthy"
                                        : ", each stopped before its successor starts")
                        + (wish.deadline() == null
                                ? ""
                                : "; what still runs there at " + wish.deadline() + " is stopped");
        };
        return new KnitEvent(seq, at, "node." + wish.availability().wireName(), null, null, now.id(), now.id() + words);
    }

    private static String labels(Node node) {
        String all = node.labels().entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(", "));
        // not between the halves of a character
        int most = all.codePointCount(0, all.length()) > MOST_LABELS ? all.offsetByCodePoints(0, MOST_LABELS) : -1;
        return all.isEmpty() ? "none" : most < 0 ? all : all.substring(0, most) + "…";
    }
}
