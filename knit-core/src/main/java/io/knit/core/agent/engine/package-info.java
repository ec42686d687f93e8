/**
 * 10 run, one step at the engine: takes an action, gives what the container runtime made of it, or a {@link io.knit.core.agent.engine.Failure} that
 * says whether another try may help. Here is what an order may ask of the engine and which containers are this agent's.
 */
@NullMarked
package io.knit.core.agent.engine;

import org.jspecify.annotations.NullMarked;
