/**
 * Step 10: takes the actions of step 9, gives them to the container runtime, at most one at a time per instance, and looks
 * again at what runs. What became of each instance goes to step 11.
 */
@NullMarked
package io.knit.core.agent.run;

import org.jspecify.annotations.NullMarked;
