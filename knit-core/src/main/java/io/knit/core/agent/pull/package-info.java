/**
 * Takes an image and who its spec says fetches it, gives as whom it is asked for, and what is missing where it is refused.
 */
@NullMarked
package io.knit.core.agent.pull;

import org.jspecify.annotations.NullMarked;
