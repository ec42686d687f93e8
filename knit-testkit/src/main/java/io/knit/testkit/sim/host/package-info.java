/** What is simulated: hosts with engine, disk and agent, a server, the network between them, and the trace of what they did. */
@NullMarked
package io.knit.testkit.sim.host;

import org.jspecify.annotations.NullMarked;
