/**
 * 3 state: what the server knows, as one immutable value, and the steps from one to the next. Who may take a step, and when it counts, is the
 * business of the room {@code writer}.
 */
@NullMarked
package io.knit.core.server.state;

import org.jspecify.annotations.NullMarked;
