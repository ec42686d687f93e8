/**
 * 6 schedule: takes groups of instances with one wish and the account of the fleet, gives each a node and ports, or all one refusal
 * (pure). {@link io.knit.core.server.schedule.Scheduler} places over a {@link io.knit.core.server.schedule.Fleet}; who waits is a
 * {@link io.knit.core.server.schedule.Waiting}, which an {@link io.knit.core.server.schedule.Opening} may wake.
 */
@NullMarked
package io.knit.core.server.schedule;

import org.jspecify.annotations.NullMarked;
