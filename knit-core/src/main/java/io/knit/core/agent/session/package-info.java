/**
 * Step 8: takes the server's answers to heartbeats, gives this node's membership: {@link io.knit.core.agent.session.AgentSession} says who this is
 * and what it has, and has what is assigned fetched (the room {@code fetch}) and kept (the room {@code disk}).
 */
@NullMarked
package io.knit.core.agent.session;

import org.jspecify.annotations.NullMarked;
