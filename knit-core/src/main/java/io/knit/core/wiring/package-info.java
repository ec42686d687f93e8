/**
 * Takes what a builder was given, gives the parts of a server or agent, and gives all of them back in turn when it is closed; and what a process
 * knows of where it runs: its host's name, its cluster's mark, its invitation.
 */
@NullMarked
package io.knit.core.wiring;

import org.jspecify.annotations.NullMarked;
