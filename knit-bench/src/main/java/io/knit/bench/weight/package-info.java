/**
 * What Knit weighs on a host: how long its commands, a server and an agent take to start, and how much memory they keep. {@code WeightBench} prints the
 * table, {@code Started} is a process from its start to the line that was waited for.
 */
@NullMarked
package io.knit.bench.weight;

import org.jspecify.annotations.NullMarked;
