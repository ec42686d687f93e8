/**
 * 6 schedule: takes groups of instances with one wish and the account of the fleet, gives each a node and ports, or all one refusal
 * (pure). {@link io.knit.core.server.schedule.Scheduler} says who goes where; what is asked is the room {@code wish}, what there is
 * {@code fleet}, and whether the one fits the other {@code fit}.
 */
@NullMarked
package io.knit.core.server.schedule;

import org.jspecify.annotations.NullMarked;
