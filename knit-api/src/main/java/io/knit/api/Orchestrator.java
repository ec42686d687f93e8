package io.knit.api;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.command.Rebalancing;
import io.knit.api.command.Rendering;
import io.knit.api.command.Token;
import io.knit.api.command.Value;
import io.knit.api.command.Webhook;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Scenario;
import io.knit.api.history.Explanation;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import io.knit.api.history.PastDeployment;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.model.RevisionView;
import io.knit.api.model.Settled;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one can ask of a server; {@code KnitServer} is one, and the REST API and the dashboard are built on nothing else.
 * Thread-safe.
 *
 * <p>Futures are mostly completed on the control loop, so what is done with them there must not block: nothing is decided meanwhile, and what waits there for
 * another answer of the same server waits for ever. What takes its time belongs on a thread of its own.
 */
public interface Orchestrator {
    /**
     * Runs a command. Commands of one caller about the same thing take effect in the order of the calls, whether or not the answers are
     * awaited. Succeeds once what was decided is stored.
     *
     * @return the command's answer; fails with {@code FORBIDDEN} where the caller's role does not allow it, with {@code BUSY} where too
     *     many commands wait, with {@code STORE_UNAVAILABLE}, with {@code CLOSED} before the start and once all is closed, or as the command does
     */
    <A> Future<A> run(Command<A> command, Caller caller);

    /**
     * Works out what a command would do now, and does nothing. It is checked as if it were run.
     *
     * @return fails as {@link #run} does, and with {@code NOT_FOUND} where nothing is worked out
     */
    default Future<Plan> plan(Command<?> command, Caller caller) {
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "no plans are made here"));
    }

    /**
     * Works out what the templates of a spec would become on nodes, and does nothing. It is checked as if it were deployed; no secret is opened.
     *
     * @param node on which; null: on those that would get an instance
     * @return fails as deploying it does, and with {@code NOT_FOUND} if there is no such node, or where nothing is rendered
     */
    default Future<Rendering> render(DeploymentSpec spec, @Nullable String node, Caller caller) {
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "nothing is rendered here"));
    }

    /**
     * Works out what would happen to the cluster as it stands now, on time that only seems to pass: nodes die, images do not get healthy, commands
     * are given. Nothing is done. A role that only sees may ask.
     *
     * @return fails with what is wrong with a step, which the pointer names, with {@code BUSY} where too much is worked out already, and with
     *     {@code NOT_FOUND} where nothing is
     */
    default Future<Foretold> simulate(Scenario scenario, Caller caller) {
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "nothing is foretold here"));
    }

    /**
     * What was decided lately and from what, as text that can be sent to others: a line for the state that it begins with, and one for each
     * decision. Values of environments, templates and what is secret are not in it. It is decided again, wherever, by {@code knit replay}.
     *
     * @return fails with {@code FORBIDDEN} for who only sees, and with {@code NOT_FOUND} where nothing is kept
     */
    default Future<String> incident(Caller caller) {
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "no decisions are kept here"));
    }

    /**
     * Makes a deployment, or a new revision of it if the spec differs from the present one; the same spec again changes
     * nothing. Succeeds once that is stored.
     *
     * @return the deployment as it was stored; fails with a {@link io.knit.api.error.KnitException} of kind USER that points to
     *     the wrong field, or {@code STORE_UNAVAILABLE}
     */
    default Future<DeploymentView> deploy(DeploymentSpec spec) {
        return run(new Command.Deploy(spec), Caller.PROGRAM);
    }

    /**
     * Stops all instances of a deployment and then forgets it. Succeeds once the order is stored.
     *
     * @return the deployment, {@code DELETING}; fails with {@code NOT_FOUND}
     */
    default Future<DeploymentView> undeploy(String name) {
        return run(new Command.Undeploy(name), Caller.PROGRAM);
    }

    /**
     * The same; its volumes go, too, if that is said: each once no container has it. Of a slot that is placed anew on its node before that they stay.
     *
     * @param volumes whether they go, with what is in them
     */
    default Future<DeploymentView> undeploy(String name, boolean volumes) {
        return run(new Command.Undeploy(name, null, volumes), Caller.PROGRAM);
    }

    /**
     * Has a volume of a slot removed, with what is in it, by the node where it is. Succeeds once the order is stored.
     *
     * @return the volume; fails with {@code NOT_FOUND}, with {@code IN_USE} while an instance that is wanted has it, with {@code INVALID_VALUE} if it is on several
     *     nodes: {@link Command.RemoveVolume} says on which
     */
    default Future<VolumeView> removeVolume(String deployment, String slot, String name) {
        return run(new Command.RemoveVolume(deployment, slot, name), Caller.PROGRAM);
    }

    /**
     * The volumes that a caller sees, also those of deployments that are gone, by {@link SlotVolume#key}, and how it stands with each. Any thread.
     *
     * @throws KnitException with {@code FORBIDDEN} for who may not see any deployment
     */
    default List<VolumeView> volumes(Caller caller) {
        return List.of();
    }

    /**
     * One of them.
     *
     * @param node null: the only one where it is
     * @throws KnitException with {@code NOT_FOUND}; with {@code INVALID_VALUE} if it is on several nodes and none is named; with {@code FORBIDDEN} for who may not see
     *     the deployment
     */
    default VolumeView volume(String deployment, String slot, String name, @Nullable String node, Caller caller) {
        throw new KnitException(ErrorCode.NOT_FOUND, "there are no volumes here");
    }

    /**
     * How it stands with a change that was made, now: all that it wanted is so, will not be by itself, or may be yet. Any thread.
     *
     * @param made what the command has answered
     */
    default Settled settled(DeploymentView made) {
        throw new KnitException(ErrorCode.NOT_FOUND, "nothing is told here of what became of a change");
    }

    /**
     * Waits until a change that was made has settled: every slot runs its revision, or a later one, the rollout is over (so each was healthy for
     * {@code min_healthy}, in a first revision, too), and what it replaces or does without has gone; a job has completed; what runs by a schedule is
     * taken. {@code ?wait} of the REST API is the same.
     *
     * <pre>{@code
     * server.deploy(spec).compose(made -> server.awaitSettled(made, Duration.ofMinutes(5)))
     * }</pre>
     *
     * @param made what the command has answered: that of {@link #deploy}, {@link #scale}, {@link #rollback}, {@link #restart}, {@link #resume} or
     *     {@link #promote}; after {@link #undeploy} it is {@link #awaitGone} that waits
     * @return the deployment as it is then; fails with the reason as soon as what was asked for does not come by itself: with
     *     {@code RUNTIME_REFUSED} where the rollout or the job has failed or went back, with {@code IN_USE} where canaries wait to be promoted or a pause for its
     *     end, or it was undeployed; and after the timeout as {@link #awaitRunning}. The change stands, and goes on
     */
    default Future<DeploymentView> awaitSettled(DeploymentView made, Duration timeout) {
        return Awaited.settled(this, Objects.requireNonNull(made, "made"), Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Waits until every slot of a deployment runs its present revision, whichever that is: also that to which a failed rollout went back. Who has
     * changed something and wants to know what became of it takes {@link #awaitSettled}. Whether one that does not run will do so yet nobody can
     * know (a node may join, an image may be pushed), so only the timeout ends the waiting, or its end by {@link #undeploy}.
     * A job is waited for until it has completed; what runs by a schedule is not: what was deployed is for its next run.
     *
     * @return the deployment, {@code RUNNING}; fails with {@code NOT_FOUND}, or after the timeout with {@code NO_NODE_FITS} while it
     *     is pending, else with {@code RUNTIME_REFUSED}, the message with its state and the reasons of its instances
     */
    default Future<DeploymentView> awaitRunning(String name, Duration timeout) {
        return Awaited.running(this, Objects.requireNonNull(name, "name"), Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Waits until a deployment is forgotten: all of its instances have stopped. Succeeds at once if there is none of this name.
     *
     * @return fails after the timeout, the message with its state and the reasons of its instances
     */
    default Future<Void> awaitGone(String name, Duration timeout) {
        return Awaited.gone(this, Objects.requireNonNull(name, "name"), Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Forgets a node that is down, and the key it was known by: an agent may take its name anew, as it must when its host was
     * installed again. Succeeds once that is stored.
     *
     * @return the node as it was; fails with {@code NOT_FOUND}, or {@code IN_USE} if it is not down
     */
    default Future<Node> forgetNode(String id) {
        return run(new Command.ForgetNode(id), Caller.PROGRAM);
    }

    /**
     * Makes a new revision of an earlier one's spec: the newest other one that was healthy in every slot, with the present number of instances.
     * What still runs by that runs on. Succeeds once that is stored; to wait until it runs, {@link #awaitSettled}.
     *
     * @return the deployment; fails with {@code NOT_FOUND} also where there is none to go back to, with {@code IN_USE} while it is being
     *     undeployed
     */
    default Future<DeploymentView> rollback(String name) {
        return run(new Command.Rollback(name, null, null), Caller.PROGRAM);
    }

    /** The same, to the revision of this number; fails with {@code NOT_FOUND} where that is not kept. */
    default Future<DeploymentView> rollback(String name, int revision) {
        return run(new Command.Rollback(name, revision, null), Caller.PROGRAM);
    }

    /** Makes a new revision in which only the number of instances differs: from 1 to 12 starts 11. Fails as {@link #deploy} and {@link #rollback} do. */
    default Future<DeploymentView> scale(String name, int replicas) {
        return run(new Command.Scale(name, replicas, null), Caller.PROGRAM);
    }

    /**
     * Has every instance made anew, as an update would.
     *
     * @param pull whether the registry is asked for the image, which may be another one by the same tag
     * @return as {@link #rollback}
     */
    default Future<DeploymentView> restart(String name, boolean pull) {
        return run(new Command.Restart(name, pull, null), Caller.PROGRAM);
    }

    /** Leaves what runs by an older revision as it is, until {@link #resume}; what fails or is missing is made good all the same. */
    default Future<DeploymentView> pause(String name) {
        return run(new Command.Pause(name, null), Caller.PROGRAM);
    }

    /** Goes on with what {@link #pause} held up, or a failure. */
    default Future<DeploymentView> resume(String name) {
        return run(new Command.Resume(name, null), Caller.PROGRAM);
    }

    /** Lets the slots beyond the canaries follow. */
    default Future<DeploymentView> promote(String name) {
        return run(new Command.Promote(name, null), Caller.PROGRAM);
    }

    /** A node is to take no new work, and what it has is to go elsewhere. Succeeds once that is stored; fails with {@code NOT_FOUND}. */
    default Future<Node> drainNode(String id) {
        return run(new Command.SetAvailability(id, Availability.DRAINED), Caller.PROGRAM);
    }

    /**
     * The same in an order.
     *
     * @param deadline above zero; what still runs there after this time is stopped, whatever it waits for; null: nothing is
     * @param startFirst whether what is there is stopped only once its successor is healthy, or before that starts, whatever {@code update.order} says
     */
    default Future<Node> drainNode(String id, @Nullable Duration deadline, boolean startFirst) {
        return run(new Command.SetAvailability(id, Availability.DRAINED, deadline, startFirst), Caller.PROGRAM);
    }

    /**
     * The same with a deadline.
     *
     * @param deadline above zero; what still runs there after this time is stopped, whatever it waits for
     */
    default Future<Node> drainNode(String id, Duration deadline) {
        return run(
                new Command.SetAvailability(id, Availability.DRAINED, Objects.requireNonNull(deadline, "deadline")),
                Caller.PROGRAM);
    }

    /**
     * Waits until nothing runs on a node that is drained.
     *
     * @return the node; fails with {@code NOT_FOUND}, with {@code IN_USE} if it is not drained (any more), or after the timeout with
     *     {@code NO_NODE_FITS}, the message with what is still there
     */
    default Future<Node> awaitDrained(String id, Duration timeout) {
        return Awaited.drained(this, Objects.requireNonNull(id, "id"), Objects.requireNonNull(timeout, "timeout"));
    }

    /** A node is to take no new work, and keeps what it has. */
    default Future<Node> pauseNode(String id) {
        return run(new Command.SetAvailability(id, Availability.PAUSED), Caller.PROGRAM);
    }

    /** A node is to take work again. */
    default Future<Node> activateNode(String id) {
        return run(new Command.SetAvailability(id, Availability.ACTIVE), Caller.PROGRAM);
    }

    /**
     * Has instances go where they would be better spread, or packed, as their deployments wish; each by its deployment's rules of {@code update}. It is
     * never done without being asked for, and asked for again and again it comes to rest. {@link #plan} says what it would do.
     *
     * @param maxMoves 1–1000
     * @return what was begun; succeeds once that is stored
     */
    default Future<Rebalancing> rebalance(int maxMoves) {
        return run(new Command.Rebalance(maxMoves), Caller.PROGRAM);
    }

    /**
     * Sets labels of a node, stronger than those that its agent was started with.
     *
     * @param labels those that change; null removes one that was set so
     */
    default Future<Node> labelNode(String id, Map<String, @Nullable String> labels) {
        return run(new Command.LabelNode(id, labels), Caller.PROGRAM);
    }

    /**
     * The revisions of a deployment that are kept, newest first: the newest 20, those that an instance still has, and the one that was healthy in every slot
     * last. Any thread.
     *
     * @throws KnitException with {@code NOT_FOUND}
     */
    default List<RevisionView> revisions(String name) {
        throw new KnitException(ErrorCode.NOT_FOUND, "no revisions are told here");
    }

    /**
     * Where the specs of two revisions differ, secrets masked. Any thread.
     *
     * @return in the order of the docs; empty: nowhere
     * @throws KnitException with {@code NOT_FOUND}
     */
    default List<Plan.FieldChange> diff(String name, int from, int to) {
        throw new KnitException(ErrorCode.NOT_FOUND, "no revisions are told here");
    }

    /**
     * How a deployment came to be as it is: why instances wait, node by node, what each went through and when, and the decisions that led
     * here. Any thread.
     *
     * @return fails with {@code NOT_FOUND}
     */
    default Future<Explanation> explain(String name) {
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "nothing is explained here"));
    }

    /** The same of one instance, by its id. */
    default Future<Explanation> explainInstance(String id) {
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "nothing is explained here"));
    }

    /**
     * How a deployment was at a time, as far as the {@link #history} tells. Any thread.
     *
     * @return fails with {@code NOT_FOUND}: it was not there then; with {@code FORGOTTEN}: the history does not reach back so far; with {@code INVALID_VALUE}:
     *     that time is still to come
     */
    default Future<PastDeployment> deploymentAt(String name, Instant at) {
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "no history is kept here"));
    }

    /**
     * Who shows this text, if it is a token that was made, has not expired and was not revoked. Any thread; never blocks.
     *
     * @param from where from, for people
     */
    default Optional<Caller> callerBy(String token, String from) {
        return Optional.empty();
    }

    /**
     * All tokens, by name, also those that have expired. Any thread.
     *
     * @throws KnitException with {@code FORBIDDEN} for who may not give commands about them
     */
    default List<Token> tokens(Caller caller) {
        return List.of();
    }

    /**
     * All webhooks, by name, and how far each has come. Any thread.
     *
     * @throws KnitException with {@code FORBIDDEN} for who may not give commands about them
     */
    default List<Webhook> webhooks(Caller caller) {
        return List.of();
    }

    /**
     * Sends a message of the kind {@code webhook.test} to a webhook, once. If it arrives, what waits for that webhook is sent at once, too, and one that was
     * disabled goes on.
     *
     * @return fails with {@code NOT_FOUND} if there is no such webhook, with {@code FORBIDDEN} as {@link #webhooks}
     */
    default Future<Webhook.Tried> tryWebhook(String name, Caller caller) {
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "there are no webhooks here"));
    }

    /**
     * All variables, secrets or files, by name, without what they hold. Any thread.
     *
     * @throws KnitException with {@code FORBIDDEN} for who may not see all deployments
     */
    default List<Value> values(Value.Kind kind, Caller caller) {
        return List.of();
    }

    /**
     * One of them, with what it holds unless it is a secret: that is told to nobody. Any thread.
     *
     * @throws KnitException with {@code NOT_FOUND}, and as {@link #values}
     */
    default Value value(Value.Kind kind, String name, Caller caller) {
        throw new KnitException(ErrorCode.NOT_FOUND, "there are no values here");
    }

    /**
     * Which deployments, as they are now, read what is kept of a kind: their names, sorted, by that of what they read; of registries, which have an image of it and bring no login of their own. What
     * nobody reads is not in it. Any thread.
     *
     * @throws KnitException as {@link #values}
     */
    default Map<String, List<String>> readers(Value.Kind kind, Caller caller) {
        return Map.of();
    }

    /**
     * Makes a backup of the server: one file, from which {@code knit restore} makes its data folder anew. It holds secrets.
     *
     * @return the file, in the server's data folder and readable by its owner alone, which who asked moves or removes; it has all that was accepted before. Fails with
     *     {@code FORBIDDEN} for who may not administer the cluster, with {@code NOT_FOUND} where the store makes no copies
     */
    default Future<Path> backup(Caller caller) {
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "no backups are made here"));
    }

    /** The committed state; never blocks, and does not wait for what is being decided. Any thread. */
    ClusterSnapshot snapshot();

    /** One deployment with its instances, or empty: there is none of this name. Costs no more than that deployment. Any thread. */
    default Optional<DeploymentView> deployment(String name) {
        return snapshot().deployment(Objects.requireNonNull(name, "name"));
    }

    /** One node, or empty: there is none of this id. Any thread. */
    default Optional<Node> node(String id) {
        Objects.requireNonNull(id, "id");
        return snapshot().nodes().stream().filter(node -> node.id().equals(id)).findFirst();
    }

    /**
     * What the witnesses say now of a node: its heartbeats, its connection, the mesh, each with its time. It is no part of the committed state, and moves
     * though nothing is decided. Any thread.
     *
     * @return {@link Liveness#UNKNOWN} where there is no such node in this cluster
     */
    default Liveness liveness(String node) {
        return Liveness.UNKNOWN;
    }

    /** Number of the newest event; 0 if there was none. Any thread. */
    default long lastEvent() {
        return snapshot().lastEvent();
    }

    /**
     * What was done, by whom and what came of it, newest first: commands that changed something, and what the server decided by itself. The
     * entries of the last 90 days are kept, up to 100,000. Any thread.
     *
     * @return fails with {@code NOT_FOUND} where the store keeps none
     */
    default Future<List<HistoryEntry>> history(HistoryQuery query) {
        return Future.failedFuture(new KnitException(ErrorCode.NOT_FOUND, "no history is kept here"));
    }

    /**
     * The kept events with a higher number, oldest first. The newest 20,000 are kept (fewer where they say very much; 1,000 after a
     * restart): if the first one's number is not {@code afterSeq + 1}, there were more. Any thread.
     */
    List<KnitEvent> eventsAfter(long afterSeq);

    /**
     * Calls the listener for every event from now on, in order, on the server's loop: it must not block. A listener that throws
     * is logged and called again for the next event.
     */
    Registration listen(Consumer<KnitEvent> listener);

    /** A listener that is called. */
    @FunctionalInterface
    interface Registration {
        /** Ends the calls; one may still be under way. */
        void remove();
    }

    /** Whether commands can be taken now: the state is loaded, the store took the last change, and the transport is connected. */
    boolean ready();
}
