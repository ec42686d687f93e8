/**
 * Step 15: takes the wish to see what an instance does, gives the stream of its node's agent, or why there is none. On a loop of its own: what
 * is looked at holds up nothing of what is decided.
 */
@NullMarked
package io.knit.core.server.inside;

import org.jspecify.annotations.NullMarked;
