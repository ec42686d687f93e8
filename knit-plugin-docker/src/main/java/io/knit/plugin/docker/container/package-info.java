/**
 * Takes a container's spec, gives it created, started, stopped, removed; and what became of each, from the engine's list and its events, the end told
 * in words. {@code ToldStates} is what events said and the list does not show yet.
 */
@NullMarked
package io.knit.plugin.docker.container;

import org.jspecify.annotations.NullMarked;
