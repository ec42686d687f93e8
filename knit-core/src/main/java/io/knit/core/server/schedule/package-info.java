/**
 * 6 schedule: takes instances without a node and the nodes with what they hold, gives each a node and ports, or a refusal in
 * words (pure). {@link io.knit.core.server.schedule.Scheduler} asks each {@link io.knit.core.server.schedule.NodeFilter} in turn and spreads
 * over what is left.
 */
@NullMarked
package io.knit.core.server.schedule;

import org.jspecify.annotations.NullMarked;
