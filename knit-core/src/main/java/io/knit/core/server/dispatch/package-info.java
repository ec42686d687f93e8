/**
 * 7 dispatch: takes commits, gives tasks to the agents they concern, and to an agent that asks its assignment set.
 * Tasks may be lost; {@link io.knit.core.server.dispatch.AssignmentBook#digest} in the heartbeat's answer heals that.
 */
@NullMarked
package io.knit.core.server.dispatch;

import org.jspecify.annotations.NullMarked;
