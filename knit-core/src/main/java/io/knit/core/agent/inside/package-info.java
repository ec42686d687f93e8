/**
 * Step 8: takes what the server wants to see of an instance, gives it as a stream. On a loop of its own: what is looked at holds up nothing of
 * what is run.
 */
@NullMarked
package io.knit.core.agent.inside;

import org.jspecify.annotations.NullMarked;
