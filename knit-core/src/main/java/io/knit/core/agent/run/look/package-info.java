/**
 * Of step 10: takes the engine's hints and the wish to look; gives what the engine shows, and of which instances that still holds.
 */
@NullMarked
package io.knit.core.agent.run.look;

import org.jspecify.annotations.NullMarked;
