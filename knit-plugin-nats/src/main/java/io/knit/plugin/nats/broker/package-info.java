/**
 * A NATS broker inside the JVM: core NATS for one node. {@link io.knit.plugin.nats.broker.EmbeddedNats} is the way in.
 *
 * <p>The way of a message: {@code Connection} reads bytes, {@code ProtocolParser} finds the operations in them,
 * {@code Delivery} asks {@code SubjectTrie} (through {@code MatchCache}) who subscribed, and appends to each subscriber's
 * {@code Outbound}, which {@code LoopState} flushes once per turn of the event loop. A message is never an object: it is a
 * {@code Publication}, a view into the read buffer that each event loop owns once.
 *
 * <p>The way in: {@code Login} greets a client with {@code ServerInfo}, lets {@code Authentication} find out who it is, and counts it
 * among {@code Strangers} until then; {@code Session} keeps who it is and, in {@code Rights}, what it may do. Who may do
 * everything has no {@code Rights}, and what a subscription may not get is left out where {@code SubjectTrie} is asked, not message by message.
 *
 * <p>Threads: a connection belongs to one event loop, and so do its parser and its table of subscriptions. Shared between
 * loops are the trie (one lock, seldom taken: every loop caches matches) and each {@code Outbound} (one lock, held for a copy).
 */
@NullMarked
package io.knit.plugin.nats.broker;

import org.jspecify.annotations.NullMarked;
