/**
 * A NATS broker inside the JVM: core NATS for one node. {@link io.knit.plugin.nats.broker.EmbeddedNats} is the way in: takes settings,
 * gives a broker that listens. Beside it only {@code access}, {@code settings} and {@code tls} are for those who embed it; the other rooms are the
 * broker's own, in the order in which they build on each other:
 *
 * <pre>
 * settings   what it is told                        access    who may do what; tls: how privately
 * protocol   bytes ─▶ operations                    flow      how much, how fast
 * routing    a message ─▶ all who subscribed        login     a newcomer ─▶ a user
 * session    a user ─▶ what it may                  client    a client's life; what all share
 * monitor    figures ─▶ page ─▶ HTTP
 * </pre>
 *
 * <p>The way of a message: {@code Connection} reads bytes, {@code ProtocolParser} finds the operations in them for {@code Conversation},
 * {@code Delivery} finds the subscribers and appends to each one's {@code Outbound}.
 *
 * <p>The way in: {@code Login} greets a client, lets {@code Authentication} find out who it is, and {@code Session} keeps what it may do.
 */
@NullMarked
package io.knit.plugin.nats.broker;

import org.jspecify.annotations.NullMarked;
