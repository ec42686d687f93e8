/**
 * The life of a client, from its first byte to its last: takes channels, gives clients that are served.
 *
 * <p>{@code Connection} reads bytes, lets {@code Login} pass them to the parser, whose findings {@code Conversation} carries out;
 * {@code Farewell} is its end. What all connections share is the {@code Broker}'s; {@code BrokerWatch} sums it up for who asks.
 *
 * <p>A connection belongs to one event loop, and so do its parser and its table of subscriptions.
 */
@NullMarked
package io.knit.plugin.nats.broker.client;

import org.jspecify.annotations.NullMarked;
