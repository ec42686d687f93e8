/**
 * 6 schedule, what there is: takes changes of nodes and instances, gives the account of the fleet (pure):
 * {@link io.knit.core.server.schedule.fleet.Fleet}, what every node holds and which of them would be asked.
 */
@NullMarked
package io.knit.core.server.schedule.fleet;

import org.jspecify.annotations.NullMarked;
