package io.knit.core.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.http.answer.Unfinished;
import io.knit.core.server.http.compose.ComposeRoute;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Use;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers that wait until a change has settled. However much is told of a deployment, it is looked at once at a time, on the HTTP server's
 * context, where all of this lives.
 */
final class Settling {
    private final Vertx vertx;
    private final Context context;
    private final Orchestrator orchestrator;
    private final Consumer<HttpServerRequest> patient;
    private final Set<Waiting<?>> waiting = new HashSet<>();
    private boolean leaving;

    /** @param patient told of each request that may take long though nothing moves */
    Settling(Vertx vertx, Context context, Orchestrator orchestrator, Consumer<HttpServerRequest> patient) {
        this.vertx = vertx;
        this.context = context;
        this.orchestrator = orchestrator;
        this.patient = patient;
    }

    /**
     * How it ended.
     *
     * @param <T> of what
     * @param newest as it is now; null: there is none any more
     * @param unsettled why it has not settled; null: it has
     * @param timedOut whether it may settle yet, and only nobody waits any more
     */
    record Outcome<T>(@Nullable T newest, @Nullable String unsettled, boolean timedOut) {
        Outcome(@Nullable T newest, @Nullable String unsettled) {
            this(newest, unsettled, false);
        }

        /** Into an answer, where it has not settled. */
        void tell(ObjectNode answer) {
            if (unsettled != null) {
                answer.put("unsettled", unsettled).put("timed_out", timedOut);
            }
        }
    }

    /** Until all of the revision, or of a later one, runs, and what it replaces has gone. */
    void runs(RoutingContext ctx, DeploymentView made, Duration patience, Consumer<Outcome<DeploymentView>> answer) {
        begin(new OfDeployment(made, patience, false, answer), ctx);
    }

    /** The same, as a value. */
    Future<ComposeRoute.Settled> untilItRuns(RoutingContext ctx, DeploymentView made, Duration patience) {
        Promise<ComposeRoute.Settled> settled = Promise.promise();
        runs(
                ctx,
                made,
                patience,
                outcome -> settled.complete(new ComposeRoute.Settled(
                        Objects.requireNonNullElse(outcome.newest(), made),
                        Objects.requireNonNullElse(outcome.unsettled(), ""),
                        outcome.timedOut())));
        return settled.future();
    }

    /**
     * Until there is nothing of it any more.
     *
     * @param volumes whether its volumes go, too
     */
    void isGone(
            RoutingContext ctx,
            DeploymentView made,
            boolean volumes,
            Duration patience,
            Consumer<Outcome<DeploymentView>> answer) {
        begin(volumes ? new OfAll(made, patience, answer) : new OfDeployment(made, patience, true, answer), ctx);
    }

    /** Until nothing runs on a node that is drained. */
    void isEmpty(RoutingContext ctx, String node, Duration patience, Consumer<Outcome<Node>> answer) {
        begin(new OfNode(node, patience, answer), ctx);
    }

    private void begin(Waiting<?> begun, RoutingContext ctx) {
        patient.accept(ctx.request());
        waiting.add(begun);
        ctx.addEndHandler(ended -> begun.end());
        begun.listen();
        begun.look();
        if (leaving) {
            begun.giveUp("the server stops");
        }
    }

    /** Nobody is kept waiting by a server that ends. */
    void close() {
        leaving = true;
        List.copyOf(waiting).forEach(it -> it.giveUp("the server stops"));
    }

    private abstract class Waiting<T> {
        private final Duration patience;
        private final Consumer<Outcome<T>> answer;
        private final AtomicBoolean due = new AtomicBoolean();
        private Orchestrator.@Nullable Registration events;
        private long timer = -1;
        private boolean answered;

        Waiting(Duration patience, Consumer<Outcome<T>> answer) {
            this.patience = patience;
            this.answer = answer;
        }

        /** Whether what an event tells may settle it. */
        abstract boolean concerns(KnitEvent event);

        abstract Optional<T> newest();

        /** Null: it is to be waited on. */
        abstract @Nullable Outcome<T> judge(@Nullable T newest);

        /** What it is that keeps it; empty if there is nothing to say. */
        String hindrance() {
            return "";
        }

        /** Before the first look: nothing can happen unseen between them. */
        void listen() {
            events = orchestrator.listen(event -> {
                if (concerns(event) && due.compareAndSet(false, true)) {
                    context.runOnContext(now -> {
                        due.set(false);
                        look();
                    });
                }
            });
            timer = vertx.setTimer(
                    patience.toMillis(),
                    late -> giveUp("it has not settled within " + patience.toMillis() + " ms" + hindrance()));
        }

        void look() {
            if (!answered) {
                Outcome<T> outcome = judge(newest().orElse(null));
                if (outcome != null) {
                    answer(outcome);
                }
            }
        }

        void giveUp(String why) {
            if (!answered) {
                answer(new Outcome<>(newest().orElse(null), why, true));
            }
        }

        private void answer(Outcome<T> outcome) {
            end();
            answer.accept(outcome);
        }

        /** Also when nobody waits any more. */
        void end() {
            answered = true;
            vertx.cancelTimer(timer);
            if (events != null) {
                events.remove();
            }
            waiting.remove(this);
        }
    }

    private class OfDeployment extends Waiting<DeploymentView> {
        private final DeploymentView made;
        private final boolean shallGo;

        OfDeployment(
                DeploymentView made, Duration patience, boolean shallGo, Consumer<Outcome<DeploymentView>> answer) {
            super(patience, answer);
            this.made = made;
            this.shallGo = shallGo;
        }

        @Override
        boolean concerns(KnitEvent event) {
            return made.name().equals(event.deployment());
        }

        @Override
        Optional<DeploymentView> newest() {
            return orchestrator.deployment(made.name());
        }

        @Override
        @Nullable
        Outcome<DeploymentView> judge(@Nullable DeploymentView view) {
            if (view == null) {
                return new Outcome<>(null, shallGo ? null : "it was undeployed meanwhile");
            }
            boolean deleting = view.status() == DeploymentStatus.DELETING;
            if (shallGo && !deleting) {
                return new Outcome<>(view, "it was deployed again meanwhile");
            } else if (!shallGo && deleting) {
                return new Outcome<>(view, "it is being undeployed");
            } else if (!shallGo && failed(view) != null) {
                return new Outcome<>(view, failed(view));
            } else if (!shallGo && view.status() == DeploymentStatus.FAILED) {
                JobRun run = view.deployment().run();
                return new Outcome<>(view, run == null ? "it failed" : run.reason());
            } else if (view.problem() != null) {
                return new Outcome<>(view, view.problem());
            }
            return shallGo ? null : course(view);
        }

        /** A rollout may yet fail and go back after all of the new revision run: how long they must is said by {@code min_healthy}. */
        private static @Nullable Outcome<DeploymentView> course(DeploymentView view) {
            Deployment deployment = view.deployment();
            Rollout rollout = deployment.rollout();
            boolean replaces = rollout.from() > 0 && rollout.isUnderWay();
            if (view.status() == settled(view) && !replaces) {
                return new Outcome<>(view, null);
            } else if (replaces && rollout.phase() == Rollout.Phase.CANARY) {
                return new Outcome<>(view, rollout.reason());
            } else if (replaces
                    && deployment.paused()
                    && view.instances().stream().allMatch(Settling::stands)) {
                return new Outcome<>(view, "it is paused: nothing is replaced until it is resumed");
            }
            return null;
        }

        @Override
        String hindrance() {
            return newest().map(Unfinished::words).orElse("");
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
    }

    /** With its volumes, of whose end events tell, too. */
    private final class OfAll extends OfDeployment {
        private final String name;

        OfAll(DeploymentView made, Duration patience, Consumer<Outcome<DeploymentView>> answer) {
            super(made, patience, true, answer);
            this.name = made.name();
        }

        @Override
        @Nullable
        Outcome<DeploymentView> judge(@Nullable DeploymentView view) {
            List<VolumeView> left = view == null ? going() : List.of();
            Optional<VolumeView> away =
                    left.stream().filter(it -> !it.away().isEmpty()).findFirst();
            if (left.isEmpty()) {
                return super.judge(view);
            } else if (away.isPresent()) {
                SlotVolume volume = away.get().volume();
                return new Outcome<>(
                        null,
                        "its volume " + volume.name() + " of slot " + volume.slot() + " is left, and goes when it can: "
                                + away.get().away());
            }
            return null;
        }

        private List<VolumeView> going() {
            return orchestrator.volumes(Caller.PROGRAM).stream()
                    .filter(it ->
                            it.volume().deployment().equals(name) && it.volume().removing() != null)
                    .toList();
        }

        @Override
        String hindrance() {
            return going().stream()
                    .findFirst()
                    .map(it -> "; its volume " + it.volume().name() + " of slot "
                            + it.volume().slot() + " is left: " + it.awaits())
                    .orElseGet(super::hindrance);
        }
    }

    private static boolean stands(Instance instance) {
        return !instance.isLive() || instance.isHealthy();
    }

    private final class OfNode extends Waiting<Node> {
        private final String id;

        OfNode(String id, Duration patience, Consumer<Outcome<Node>> answer) {
            super(patience, answer);
            this.id = id;
        }

        @Override
        boolean concerns(KnitEvent event) {
            return id.equals(event.node());
        }

        @Override
        Optional<Node> newest() {
            return orchestrator.node(id);
        }

        @Override
        @Nullable
        Outcome<Node> judge(@Nullable Node node) {
            if (node == null) {
                return new Outcome<>(null, "it was forgotten meanwhile");
            }
            if (node.wish().availability() != NodeWish.Availability.DRAINED) {
                return new Outcome<>(
                        node,
                        "it is not to be empty any more: it is "
                                + node.wish().availability().wireName() + " now");
            }
            Tenants tenants = Tenants.of(orchestrator.snapshot(), id);
            if (node.state() == NodeState.DOWN && !tenants.isNone()) {
                return new Outcome<>(
                        node,
                        "it is down: what ran there is replaced, and what may still run there is removed when it is back");
            }
            return tenants.isEmpty() ? new Outcome<>(node, null) : null;
        }

        @Override
        String hindrance() {
            return Tenants.of(orchestrator.snapshot(), id).words();
        }
    }
}
