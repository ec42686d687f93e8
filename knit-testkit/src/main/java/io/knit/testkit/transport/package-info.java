/**
 * A message bus in memory.
 */
@NullMarked
package io.knit.testkit.transport;

import org.jspecify.annotations.NullMarked;
