package io.knit.api.model;

import java.time.Duration;
import java.util.Objects;

/**
 * How a change is carried out, slot by slot.
 *
 * @param maxParallel how many slots may be without a healthy instance at once, or have two; 1–1000
 * @param order which filling of a slot goes first
 * @param minHealthy how long a new instance must have been healthy before the next slot's turn; 0 or more
 * @param healthyDeadline how long a new instance may take to become healthy once it has a node, before it counts as failed
 * @param progressDeadline how long a rollout may go without another slot done before it counts as failed
 * @param canary how many slots are replaced before somebody promotes the rest; 0: none
 * @param autoPromote whether the rest goes on by itself once the canaries are healthy
 * @param onFailure what is done once more than {@code maxFailures} new instances have failed, or there was no progress
 * @param maxFailures how many new instances may fail
 */
public record Update(
        int maxParallel,
        UpdateOrder order,
        Duration minHealthy,
        Duration healthyDeadline,
        Duration progressDeadline,
        int canary,
        boolean autoPromote,
        OnFailure onFailure,
        int maxFailures) {
    /** What a spec has that says nothing of it. */
    public static final Update DEFAULT = new Update(
            1,
            UpdateOrder.AUTO,
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            0,
            false,
            OnFailure.ROLLBACK,
            0);

    public Update {
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(minHealthy, "minHealthy");
        Objects.requireNonNull(healthyDeadline, "healthyDeadline");
        Objects.requireNonNull(progressDeadline, "progressDeadline");
        Objects.requireNonNull(onFailure, "onFailure");
    }

    /** The same with so many slots at once. */
    public Update withMaxParallel(int slots) {
        return new Update(
                slots,
                order,
                minHealthy,
                healthyDeadline,
                progressDeadline,
                canary,
                autoPromote,
                onFailure,
                maxFailures);
    }

    /** The same in this order. */
    public Update withOrder(UpdateOrder next) {
        return new Update(
                maxParallel,
                next,
                minHealthy,
                healthyDeadline,
                progressDeadline,
                canary,
                autoPromote,
                onFailure,
                maxFailures);
    }

    /** The same with this wait. */
    public Update withMinHealthy(Duration wait) {
        return new Update(
                maxParallel,
                order,
                wait,
                healthyDeadline,
                progressDeadline,
                canary,
                autoPromote,
                onFailure,
                maxFailures);
    }

    /** The same with so many canaries. */
    public Update withCanary(int slots, boolean promoteByItself) {
        return new Update(
                maxParallel,
                order,
                minHealthy,
                healthyDeadline,
                progressDeadline,
                slots,
                promoteByItself,
                onFailure,
                maxFailures);
    }

    /** The same with these deadlines. */
    public Update withDeadlines(Duration healthy, Duration progress) {
        return new Update(
                maxParallel, order, minHealthy, healthy, progress, canary, autoPromote, onFailure, maxFailures);
    }

    /** The same with this answer to a failure. */
    public Update withFailures(OnFailure then, int most) {
        return new Update(
                maxParallel, order, minHealthy, healthyDeadline, progressDeadline, canary, autoPromote, then, most);
    }
}
