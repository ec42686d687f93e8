package io.knit.core.server.http;

import io.knit.api.Orchestrator;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Rollout;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Use;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
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
    private final Set<Waiting> waiting = new HashSet<>();
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
     * @param view the newest; null: there is no such deployment any more
     * @param unsettled why it has not settled; null: it has
     */
    record Outcome(@Nullable DeploymentView view, @Nullable String unsettled) {}

    /** Until all of the revision, or of a later one, runs. */
    void runs(RoutingContext ctx, DeploymentView made, Duration patience, Consumer<Outcome> answer) {
        begin(new Waiting(made, patience, false, answer), ctx);
    }

    /** Until there is nothing of it any more. */
    void isGone(RoutingContext ctx, DeploymentView made, Duration patience, Consumer<Outcome> answer) {
        begin(new Waiting(made, patience, true, answer), ctx);
    }

    private void begin(Waiting begun, RoutingContext ctx) {
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

    private final class Waiting {
        private final DeploymentView made;
        private final boolean shallGo;
        private final Duration patience;
        private final Consumer<Outcome> answer;
        private final AtomicBoolean due = new AtomicBoolean();
        private Orchestrator.@Nullable Registration events;
        private long timer = -1;
        private boolean answered;

        Waiting(DeploymentView made, Duration patience, boolean shallGo, Consumer<Outcome> answer) {
            this.made = made;
            this.patience = patience;
            this.shallGo = shallGo;
            this.answer = answer;
        }

        /** Before the first look: nothing can happen unseen between them. */
        void listen() {
            events = orchestrator.listen(event -> {
                if (made.name().equals(event.deployment()) && due.compareAndSet(false, true)) {
                    context.runOnContext(now -> {
                        due.set(false);
                        look();
                    });
                }
            });
            timer = vertx.setTimer(
                    patience.toMillis(), late -> giveUp("it has not settled within " + patience.toMillis() + " ms"));
        }

        void look() {
            if (answered) {
                return;
            }
            Optional<DeploymentView> found = orchestrator.deployment(made.name());
            if (found.isEmpty()) {
                answer(new Outcome(null, shallGo ? null : "it was undeployed meanwhile"));
                return;
            }
            DeploymentView view = found.get();
            boolean deleting = view.status() == DeploymentStatus.DELETING;
            if (shallGo && !deleting) {
                answer(new Outcome(view, "it was deployed again meanwhile"));
            } else if (!shallGo && deleting) {
                answer(new Outcome(view, "it is being undeployed"));
            } else if (!shallGo && failed(view) != null) {
                answer(new Outcome(view, failed(view)));
            } else if (!shallGo && view.status() == DeploymentStatus.RUNNING) {
                answer(new Outcome(view, null));
            } else if (view.problem() != null) {
                answer(new Outcome(view, view.problem()));
            }
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

        void giveUp(String why) {
            if (!answered) {
                answer(new Outcome(orchestrator.deployment(made.name()).orElse(null), why));
            }
        }

        private void answer(Outcome outcome) {
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
}
