/**
 * Names: takes the table that the server tells, and what the agent knows of its own instances; gives where a name leads. What it has is kept on the disk,
 * and answered from while the server is away. The room {@code dns} asks it.
 */
@NullMarked
package io.knit.core.agent.names;

import org.jspecify.annotations.NullMarked;
