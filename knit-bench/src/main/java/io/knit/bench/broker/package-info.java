/**
 * The embedded broker beside nats-server: the same load on both in one run, each broker a process of its own.
 *
 * <p>{@code BrokerBench} takes turns between the brokers ({@code BenchedBroker}) and gives medians and ratios ({@code Comparison}).
 * Loads: {@code RawLoad} writes the protocol in blocks, so that the broker is what is measured; {@code JnatsLoad} is what a
 * program feels; {@code RawRoundTrip} and {@code JnatsRoundTrip} ask and wait; {@code IdleFleet} is ten thousand agents with little to say.
 */
@NullMarked
package io.knit.bench.broker;

import org.jspecify.annotations.NullMarked;
