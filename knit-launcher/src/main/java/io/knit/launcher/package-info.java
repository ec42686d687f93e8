/**
 * The {@code knit} command: reads flags, environment and config file, builds a server or agent through their public
 * builders and starts it. The only place that ends the process or listens for its end.
 */
@NullMarked
package io.knit.launcher;

import org.jspecify.annotations.NullMarked;
