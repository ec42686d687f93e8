/**
 * The whole server, as a user starts it, with agents over real connections. {@code ServerBench} prints the table; {@code ServerProcess} is what
 * is measured, {@code LightFleet} the agents, {@code Follower} who reads its events, {@code Neighbour} who asks for something else meanwhile.
 */
@NullMarked
package io.knit.bench.server;

import org.jspecify.annotations.NullMarked;
