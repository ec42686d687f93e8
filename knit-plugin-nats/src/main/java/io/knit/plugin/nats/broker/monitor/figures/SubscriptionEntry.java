package io.knit.plugin.nats.broker.monitor.figures;

/**
 * One subscription.
 *
 * @param subject bytes, as ISO-8859-1
 * @param queue bytes, as ISO-8859-1; empty if it belongs to no queue group
 * @param sid bytes, as ISO-8859-1
 * @param messages how many it got
 */
public record SubscriptionEntry(long client, String subject, String queue, String sid, long messages) {}
