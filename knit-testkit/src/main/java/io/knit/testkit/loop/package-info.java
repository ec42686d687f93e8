/**
 * Loops for tests: a thread of its own, and a virtual one driven by {@link io.knit.testkit.sim.EventQueue}.
 */
@NullMarked
package io.knit.testkit.loop;

import org.jspecify.annotations.NullMarked;
