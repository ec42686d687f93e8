/**
 * Host ports that the agent holds itself: takes the orders of this node and what is known of its containers, gives each new connection to one that does its work, and lets the others
 * end. {@code RelayPlan} decides, {@code PortRelay} listens and lets go, {@code NetRelay} carries bytes.
 */
@NullMarked
package io.knit.core.agent.relay;

import org.jspecify.annotations.NullMarked;
