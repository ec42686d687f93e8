/**
 * Takes the moves that there are, and has them go on: {@link io.knit.core.server.volume.moving.Mover} looks at each after every commit, {@link io.knit.core.server.volume.moving.MoveCopy} passes what is in
 * volumes from one node to the other. Outside of the control loop; what comes of it is decided as any command.
 */
@NullMarked
package io.knit.core.server.volume.moving;

import org.jspecify.annotations.NullMarked;
