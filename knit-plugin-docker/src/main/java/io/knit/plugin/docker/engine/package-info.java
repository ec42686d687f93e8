/**
 * Calls of a Docker Engine: takes work, gives its answer, or a failure in words, within a deadline. Knows neither images nor containers.
 *
 * <p>A {@code Lane} has bounded threads and makes each call a {@code BoundedCall}; its {@code Circuit} refuses at once while the engine is
 * known not to answer; {@code EngineClients} gives the connection, and closing it is how a hung call ends.
 */
@NullMarked
package io.knit.plugin.docker.engine;

import org.jspecify.annotations.NullMarked;
