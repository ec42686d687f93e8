package io.knit.plugin.nats.broker.monitor.figures;

/**
 * What a broker has done since it started; {@code in} is from clients, {@code out} to them, the bytes are those of headers
 * and payloads.
 */
public record ServerFigures(
        int connections,
        long totalConnections,
        long inMessages,
        long outMessages,
        long inBytes,
        long outBytes,
        long slowConsumers,
        long staleConnections,
        int subscriptions) {}
