/** Takes a host port that can't be had; gives which program of the host has it, as far as the agent may know, or whether it may be had later. */
@NullMarked
package io.knit.core.agent.port;

import org.jspecify.annotations.NullMarked;
