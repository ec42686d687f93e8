package io.knit.plugin.nats.broker.monitor.figures;

/**
 * What all subscriptions cost and do.
 *
 * @param cached subjects whose subscribers are known without a search
 * @param matches messages whose subscribers were asked for
 * @param hitRate which part of them the caches knew, 0 to 1
 * @param maxFanout the most subscribers that a cached subject has
 * @param averageFanout subscribers of a cached subject
 */
public record SubscriptionFigures(
        int subscriptions,
        int cached,
        long inserts,
        long removes,
        long matches,
        double hitRate,
        int maxFanout,
        double averageFanout) {}
