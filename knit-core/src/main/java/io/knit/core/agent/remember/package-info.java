/**
 * 5 run, what it goes by beside the containers: takes memories of instances and when a server was heard, gives who is stopped while none is
 * ({@link io.knit.core.agent.remember.Silence}) and what of it outlives the agent ({@link io.knit.core.agent.remember.Remembered}).
 */
@NullMarked
package io.knit.core.agent.remember;

import org.jspecify.annotations.NullMarked;
