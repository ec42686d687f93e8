package io.knit.api;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Waits for a deployment by its events: looks at once, and again after each. */
final class Awaited {
    private static final int MAX_REASON = 500;

    private Awaited() {}

    static Future<DeploymentView> running(Orchestrator server, String name, Duration timeout) {
        return until(server, name, timeout, found -> {
            DeploymentView view = found.orElseThrow(() -> new KnitException(
                    ErrorCode.NOT_FOUND, "there is no deployment named \"" + name + "\"; deploy it first"));
            if (view.status() == DeploymentStatus.DELETING) {
                throw new KnitException(ErrorCode.NOT_FOUND, "deployment \"" + name + "\" is being deleted");
            }
            return view.status() == DeploymentStatus.RUNNING ? Optional.of(view) : Optional.empty();
        });
    }

    static Future<Void> gone(Orchestrator server, String name, Duration timeout) {
        return until(server, name, timeout, found -> found.isPresent() ? Optional.empty() : Optional.of(true))
                .mapEmpty();
    }

    private static <T> Future<T> until(
            Orchestrator server, String name, Duration timeout, Function<Optional<DeploymentView>, Optional<T>> look) {
        Promise<T> seen = Promise.promise();
        Runnable again = () -> {
            try {
                look.apply(server.deployment(name)).ifPresent(seen::tryComplete);
            } catch (RuntimeException e) {
                seen.tryFail(e);
            }
        };
        // first the listener, then the look: nothing can happen unseen between them
        Orchestrator.Registration events = server.listen(event -> {
            if (name.equals(event.deployment())) {
                again.run();
            }
        });
        again.run();
        return seen.future()
                .timeout(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS)
                .recover(e -> Future.failedFuture(e instanceof TimeoutException ? late(server, name, timeout) : e))
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
                "deployment \"" + name + "\" is still " + status.wireName() + " after " + timeout.toMillis() + " ms"
                        + (cut.isEmpty() ? "; give it more time" : ": " + cut));
    }
}
