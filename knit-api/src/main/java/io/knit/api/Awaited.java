package io.knit.api;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Rollout;
import io.knit.api.model.Settled;
import io.knit.api.spi.Durations;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Waits for a deployment by its events: looks at once, and again after each. */
final class Awaited {
    private static final int MAX_REASON = 500;
    private static final int MOST_NAMES = 5;

    private Awaited() {}

    static Future<DeploymentView> running(Orchestrator server, String name, Duration timeout) {
        return until(server, name, timeout, found -> {
            DeploymentView view = found.orElseThrow(() -> new KnitException(
                    ErrorCode.NOT_FOUND, "there is no deployment named \"" + name + "\"; deploy it first"));
            if (view.status() == DeploymentStatus.DELETING) {
                throw new KnitException(ErrorCode.NOT_FOUND, "deployment \"" + name + "\" is being deleted");
            }
            if (view.status() == DeploymentStatus.FAILED) {
                JobRun run = view.deployment().run();
                throw new KnitException(ErrorCode.RUNTIME_REFUSED, run == null ? name + " failed" : run.reason());
            }
            boolean there = switch (view.deployment().spec().mode()) {
                case REPLICATED, GLOBAL -> view.status() == DeploymentStatus.RUNNING;
                case JOB -> view.status() == DeploymentStatus.COMPLETED;
                // what was deployed is for the next run, whatever became of the last
                case CRON -> true;
            };
            return there ? Optional.of(view) : Optional.empty();
        });
    }

    /** A change that was made has settled. */
    static Future<DeploymentView> settled(Orchestrator server, DeploymentView made, Duration timeout) {
        return until(
                server,
                event -> made.name().equals(event.deployment()),
                () -> {
                    Settled settled = server.settled(made);
                    if (!settled.over()) {
                        return Optional.empty();
                    } else if (settled.isAsWished()) {
                        return Optional.ofNullable(settled.newest());
                    }
                    throw unsettled(made, settled);
                },
                timeout,
                () -> late(server, made.name(), timeout));
    }

    private static KnitException unsettled(DeploymentView made, Settled settled) {
        DeploymentView newest = settled.newest();
        boolean people = newest == null || newest.status() == DeploymentStatus.DELETING || awaitsPeople(newest);
        return new KnitException(
                people ? ErrorCode.IN_USE : ErrorCode.RUNTIME_REFUSED,
                "deployment \"" + made.name() + "\" has not settled: " + settled.unsettled());
    }

    private static boolean awaitsPeople(DeploymentView view) {
        Deployment deployment = view.deployment();
        Rollout rollout = deployment.rollout();
        if (deployment.spec().mode() == Mode.JOB) {
            return deployment.paused() && view.status() != DeploymentStatus.FAILED;
        }
        return rollout.phase() == Rollout.Phase.CANARY
                || deployment.paused()
                        && rollout.phase() == Rollout.Phase.MOVING
                        && rollout.reason().isEmpty();
    }

    static Future<Void> gone(Orchestrator server, String name, Duration timeout) {
        return until(server, name, timeout, found -> found.isPresent() ? Optional.empty() : Optional.of(true))
                .mapEmpty();
    }

    /** Nothing runs on it any more, nor will while it is drained. */
    static Future<Node> drained(Orchestrator server, String id, Duration timeout) {
        return until(
                server,
                event -> id.equals(event.node()),
                () -> {
                    Node node = server.node(id)
                            .orElseThrow(() -> new KnitException(
                                    ErrorCode.NOT_FOUND,
                                    "there is no node named \"" + id + "\"; it is waited for no more"));
                    if (node.wish().availability() != NodeWish.Availability.DRAINED) {
                        throw new KnitException(
                                ErrorCode.IN_USE,
                                id + " is " + node.wish().availability().wireName()
                                        + ", so it will not be empty; drain it first");
                    }
                    return remaining(server, id).isEmpty() ? Optional.of(node) : Optional.empty();
                },
                timeout,
                () -> stillThere(server, id, timeout));
    }

    private static List<String> remaining(Orchestrator server, String node) {
        return server.snapshot().deployments().stream()
                .flatMap(view -> view.instances().stream())
                .filter(it -> node.equals(it.node()) && !it.state().isEnd())
                .map(Instance::id)
                .toList();
    }

    private static KnitException stillThere(Orchestrator server, String node, Duration timeout) {
        List<String> left = remaining(server, node);
        String names = String.join(", ", left.subList(0, Math.min(MOST_NAMES, left.size())));
        return new KnitException(
                ErrorCode.NO_NODE_FITS,
                node + " still has " + left.size() + " after " + Durations.text(timeout) + ": " + names
                        + (left.size() > MOST_NAMES ? " …" : "")
                        + "; explain(deployment) says what they wait for, and a deadline of the drain would stop them");
    }

    private static <T> Future<T> until(
            Orchestrator server, String name, Duration timeout, Function<Optional<DeploymentView>, Optional<T>> look) {
        return until(
                server,
                event -> name.equals(event.deployment()),
                () -> look.apply(server.deployment(name)),
                timeout,
                () -> late(server, name, timeout));
    }

    private static <T> Future<T> until(
            Orchestrator server,
            Predicate<KnitEvent> concerns,
            Supplier<Optional<T>> look,
            Duration timeout,
            Supplier<KnitException> late) {
        Promise<T> seen = Promise.promise();
        Runnable again = () -> {
            try {
                look.get().ifPresent(seen::tryComplete);
            } catch (RuntimeException e) {
                seen.tryFail(e);
            }
        };
        // first the listener, then the look: nothing can happen unseen between them
        Orchestrator.Registration events = server.listen(event -> {
            if (concerns.test(event)) {
                again.run();
            }
        });
        again.run();
        return seen.future()
                .timeout(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS)
                .recover(e -> Future.failedFuture(e instanceof TimeoutException ? late.get() : e))
                .onComplete(done -> events.remove());
    }

    /** Says what it is like instead, with the reasons of its instances. */
    private static KnitException late(Orchestrator server, String name, Duration timeout) {
        Optional<DeploymentView> view = server.deployment(name);
        DeploymentStatus status = view.map(DeploymentView::status).orElse(DeploymentStatus.DELETING);
        String reasons = view.stream()
                .flatMap(found -> found.instances().stream())
                .filter(instance -> !instance.reason().isEmpty())
                .map(Instance::reason)
                .distinct()
                .collect(Collectors.joining("; "));
        String cut = reasons.length() > MAX_REASON ? reasons.substring(0, MAX_REASON) + "…" : reasons;
        return new KnitException(
                status == DeploymentStatus.PENDING ? ErrorCode.NO_NODE_FITS : ErrorCode.RUNTIME_REFUSED,
                "deployment \"" + name + "\" is still " + status.wireName() + " after " + Durations.text(timeout)
                        + (cut.isEmpty() ? "; give it more time" : ": " + cut));
    }
}
