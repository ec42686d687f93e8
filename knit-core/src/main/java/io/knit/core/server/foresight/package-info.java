/**
 * What would happen if: the controller asked on a copy of the state, on time that only seems to pass, with nodes that do what they are told,
 * die, or run what does not get healthy. Pure.
 */
@NullMarked
package io.knit.core.server.foresight;

import org.jspecify.annotations.NullMarked;
