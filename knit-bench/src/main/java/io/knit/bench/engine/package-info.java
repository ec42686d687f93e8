/**
 * One container on the real Docker Engine, by Knit and by the engine's API alone, called as the agent calls it and with the same settings.
 * {@code EngineBench} prints the table; {@code ByKnit} and {@code ByHand} give one life of a container, timed by the engine's own events.
 */
@NullMarked
package io.knit.bench.engine;

import org.jspecify.annotations.NullMarked;
