/**
 * Takes what was fetched and pushed, what orders name and what the engine says that it has; gives lists of it, and has those go that this agent brought and nothing
 * uses any more.
 */
@NullMarked
package io.knit.core.agent.image;

import org.jspecify.annotations.NullMarked;
