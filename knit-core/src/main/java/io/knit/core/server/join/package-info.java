/**
 * 12 intake, who may join: takes who an agent says that it is, gives whether it may be that: {@link io.knit.core.server.join.NodeGate} at the connection,
 * the others of each heartbeat. Who may not be a node here is told so, and people are.
 */
@NullMarked
package io.knit.core.server.join;

import org.jspecify.annotations.NullMarked;
