/**
 * What the command starts: takes {@code Settings}, gives a running server, agent, broker or all in one, built through the public builders, and its
 * {@code Lifetime}: the only place that ends the process or listens for its end.
 */
@NullMarked
package io.knit.launcher.program;

import org.jspecify.annotations.NullMarked;
