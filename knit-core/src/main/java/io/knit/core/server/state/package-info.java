/**
 * 3 state: takes decisions (changes + answer), gives stored, then visible state. {@link io.knit.core.server.state.StateWriter} is the only
 * writer: what it has committed is on disk before anybody sees it.
 */
@NullMarked
package io.knit.core.server.state;

import org.jspecify.annotations.NullMarked;
