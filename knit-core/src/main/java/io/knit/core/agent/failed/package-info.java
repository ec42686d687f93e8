/**
 * Takes what the engine shows of instances that are over; gives what of it stays, because it failed and people may want to look at it.
 */
@NullMarked
package io.knit.core.agent.failed;

import org.jspecify.annotations.NullMarked;
