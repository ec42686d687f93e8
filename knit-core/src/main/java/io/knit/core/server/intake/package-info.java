/**
 * 12 intake, what was said: takes what agents say, gives state: forward only, stale ones dropped. {@link io.knit.core.server.intake.HeartbeatIntake} takes what
 * a node tells of itself, {@link io.knit.core.server.intake.StatusIntake} what it saw of its instances. Who may speak is the room
 * {@code join}'s business, who is silent the room {@code alive}'s.
 */
@NullMarked
package io.knit.core.server.intake;

import org.jspecify.annotations.NullMarked;
