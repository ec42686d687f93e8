/**
 * Containers on the Docker Engine: takes pull, create, start, remove and snapshot, gives containers and what became of them.
 *
 * <pre>{@code
 * DockerRuntime            the SPI; composes the steps below
 *   Lane × 6               reads, pulls, creates, starts, stops, removals: bounded threads, a deadline for every call
 *     Circuit              refuses at once while the engine is known not to answer; one call at a time tries again
 *     EngineClients        a fresh connection for every call; closing it is how a hung call ends
 *   EngineFacts            version, capacity, log driver; asked once a minute
 *   EngineEvents           the event stream, reconnected for ever
 *   ToldStates             what events said and the engine's list does not show yet
 * }</pre>
 *
 * <p>No API version is asked for: each engine answers at its own, so 20.10 works as well as today's. Neither environment
 * variables nor files of the user's home are read; {@code docker-host} is the one setting.
 */
@NullMarked
package io.knit.plugin.docker;

import org.jspecify.annotations.NullMarked;
