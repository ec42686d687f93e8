/**
 * Loops for tests: a thread of its own, and a virtual one driven by the clock of an {@link io.knit.testkit.loop.EventQueue}.
 */
@NullMarked
package io.knit.testkit.loop;

import org.jspecify.annotations.NullMarked;
