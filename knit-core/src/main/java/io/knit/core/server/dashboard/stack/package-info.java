/**
 * Takes a Compose file that was typed, gives what would come of it, and has it deployed.
 */
@NullMarked
package io.knit.core.server.dashboard.stack;

import org.jspecify.annotations.NullMarked;
