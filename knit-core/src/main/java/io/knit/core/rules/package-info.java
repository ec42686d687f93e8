/**
 * What values may look like that reach an engine or a disk. The server asks at the door, and the agent again before it acts: a server
 * that was taken over, or a message that was forged, must not make it do what no user can. Pure.
 */
@NullMarked
package io.knit.core.rules;

import org.jspecify.annotations.NullMarked;
