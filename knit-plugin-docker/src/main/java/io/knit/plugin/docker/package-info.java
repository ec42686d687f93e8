/**
 * Containers on the Docker Engine: takes pull, create, start, remove and snapshot, gives containers and what became of them.
 *
 * <pre>{@code
 * DockerRuntime   the SPI; composes the steps of the rooms below
 *   image         pulls, one for all who ask for the same
 *   container     create, start, stop, remove; the list; the event stream, reconnected for ever
 *     engine      six lanes of calls: bounded threads, a deadline for every call, a circuit that tries again with one
 * }</pre>
 *
 * <p>No API version is asked for: each engine answers at its own, so 20.10 works as well as today's. Neither environment
 * variables nor files of the user's home are read; {@code docker-host} is the one setting.
 */
@NullMarked
package io.knit.plugin.docker;

import org.jspecify.annotations.NullMarked;
