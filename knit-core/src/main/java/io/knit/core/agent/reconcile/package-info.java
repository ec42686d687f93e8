/**
 * Step 9: takes the assignments of this node, the containers observed and what is remembered of each instance; gives exactly
 * one {@link io.knit.core.agent.reconcile.Action} per instance, with a reason. Pure: no I/O, no clock, no logger.
 */
@NullMarked
package io.knit.core.agent.reconcile;

import org.jspecify.annotations.NullMarked;
