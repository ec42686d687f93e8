/**
 * The client protocol of NATS in bytes: takes what a client sent, in pieces of any size, gives {@code Operations} to whoever carries
 * them out; and the lines that go the other way. Knows no connection.
 *
 * <p>A message is never an object: it is a {@code Publication}, a view into the read buffer that each event loop owns once. What is not
 * whole yet is held by {@code HeldLine} and {@code HeldPayload}.
 */
@NullMarked
package io.knit.plugin.nats.broker.protocol;

import org.jspecify.annotations.NullMarked;
