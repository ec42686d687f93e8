/**
 * Names: takes commits, gives the table of what can be asked for by name, and what is other in it since another (pure). The room {@code dispatch} tells it to agents.
 */
@NullMarked
package io.knit.core.server.names;

import org.jspecify.annotations.NullMarked;
