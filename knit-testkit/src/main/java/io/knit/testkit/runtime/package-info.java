/**
 * A container engine in memory that survives the end of the agent that uses it, and remembers all that was ever done to it.
 */
@NullMarked
package io.knit.testkit.runtime;

import org.jspecify.annotations.NullMarked;
