/**
 * 2 command: takes a command, its caller and the newest state, gives a decision (pure). {@link io.knit.core.server.command.Policy} says who may,
 * {@link io.knit.core.server.command.Commands} what changes. What follows from that is the control loop's.
 */
@NullMarked
package io.knit.core.server.command;

import org.jspecify.annotations.NullMarked;
