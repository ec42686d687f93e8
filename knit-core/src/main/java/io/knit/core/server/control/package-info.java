/**
 * 4 control: takes the state after each command, gives what follows from it. {@link io.knit.core.server.control.ControlLoop} plans every
 * deployment that a change may concern and places what waits, in the same commit as the change.
 */
@NullMarked
package io.knit.core.server.control;

import org.jspecify.annotations.NullMarked;
