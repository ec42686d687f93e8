/** Volumes that go: takes the set in force, what the server says is deployed no more and what the engine has, gives removals to the engine, and what is left or gone. */
@NullMarked
package io.knit.core.agent.volume;

import org.jspecify.annotations.NullMarked;
