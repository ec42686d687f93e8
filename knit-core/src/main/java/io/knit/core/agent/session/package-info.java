/**
 * Step 8: takes tasks and heartbeat replies, gives the complete assignment set of this node. Here are also the agent's
 * identity and what it keeps in its data folder.
 */
@NullMarked
package io.knit.core.agent.session;

import org.jspecify.annotations.NullMarked;
