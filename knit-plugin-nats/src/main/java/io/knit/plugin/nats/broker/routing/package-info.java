/**
 * Takes a published message, gives it to everyone who subscribed to its subject.
 *
 * <p>{@code Delivery} asks {@code SubjectTrie} (through {@code MatchCache}) who subscribed, and appends to each {@code Subscriber}'s
 * {@code Outbound}, which {@code LoopState} flushes once per turn of the event loop.
 *
 * <p>Shared between loops are the trie (one lock, seldom taken: every loop caches matches) and each {@code Outbound} (one lock,
 * held for a copy). Everything else belongs to one event loop.
 */
@NullMarked
package io.knit.plugin.nats.broker.routing;

import org.jspecify.annotations.NullMarked;
