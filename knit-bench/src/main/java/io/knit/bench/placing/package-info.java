/**
 * Placing, as the control loop does it: the pure functions alone, in one thread, measured in its CPU time. {@code PlacingBench} prints the table,
 * {@code BenchFleet} is what is placed and where.
 */
@NullMarked
package io.knit.bench.placing;

import org.jspecify.annotations.NullMarked;
