/**
 * A whole fleet in one thread, from one seed, on virtual time.
 */
@NullMarked
package io.knit.testkit.sim;

import org.jspecify.annotations.NullMarked;
