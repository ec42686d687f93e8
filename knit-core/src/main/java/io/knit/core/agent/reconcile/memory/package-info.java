/**
 * Of step 9: takes what happened to an instance; gives what is remembered of it from then on, which is also what is reported of it.
 * {@link io.knit.core.agent.reconcile.memory.InstanceMemory} has all of it and a method for each thing that can happen. Pure: no I/O, no clock, no
 * logger.
 */
@NullMarked
package io.knit.core.agent.reconcile.memory;

import org.jspecify.annotations.NullMarked;
