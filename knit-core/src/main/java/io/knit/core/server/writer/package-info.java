/**
 * 3 writer: takes decisions, gives commits: {@link io.knit.core.server.writer.StateWriter} decides on the newest state, has the controller add
 * what follows, stores it, and makes it visible.
 */
@NullMarked
package io.knit.core.server.writer;

import org.jspecify.annotations.NullMarked;
