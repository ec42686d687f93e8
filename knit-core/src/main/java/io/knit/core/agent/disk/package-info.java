/**
 * 8 session, on disk: takes what must outlive the process – who the agent is, what was assigned – gives it back at the next start.
 * {@link io.knit.core.agent.disk.DataDir} is the folder, whose methods block; {@link io.knit.core.agent.disk.KeptIdentity} and
 * {@link io.knit.core.agent.disk.KeptSet} try again while it takes nothing.
 */
@NullMarked
package io.knit.core.agent.disk;

import org.jspecify.annotations.NullMarked;
