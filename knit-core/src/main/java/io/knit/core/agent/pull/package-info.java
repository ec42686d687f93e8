/**
 * Takes an image and who its spec says fetches it, asks the server as whom where the spec says nobody, and says what is missing where it is refused.
 */
@NullMarked
package io.knit.core.agent.pull;

import org.jspecify.annotations.NullMarked;
