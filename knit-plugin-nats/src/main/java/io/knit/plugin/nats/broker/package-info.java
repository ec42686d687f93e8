/**
 * A NATS broker inside the JVM: core NATS for one node. {@link io.knit.plugin.nats.broker.EmbeddedNats} is the way in.
 *
 * <p>The way of a message: {@code Connection} reads bytes, {@code ProtocolParser} finds the operations in them,
 * {@code Delivery} asks {@code SubjectTrie} (through {@code MatchCache}) who subscribed, and appends to each subscriber's
 * {@code Outbound}, which {@code LoopState} flushes once per turn of the event loop. A message is never an object: it is a
 * {@code Publication}, a view into the read buffer that each event loop owns once.
 *
 * <p>Threads: a connection belongs to one event loop, and so do its parser and its table of subscriptions. Shared between
 * loops are the trie (one lock, seldom taken: every loop caches matches) and each {@code Outbound} (one lock, held for a copy).
 */
@NullMarked
package io.knit.plugin.nats.broker;

import org.jspecify.annotations.NullMarked;
