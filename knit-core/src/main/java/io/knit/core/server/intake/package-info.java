/**
 * 12 intake: takes heartbeats and statuses from agents, gives state: forward only, stale ones dropped.
 * {@link io.knit.core.server.intake.HeartbeatIntake} knows nodes, {@link io.knit.core.server.intake.StatusIntake} instances,
 * {@link io.knit.core.server.intake.NodeWatch} judges who is silent.
 */
@NullMarked
package io.knit.core.server.intake;

import org.jspecify.annotations.NullMarked;
