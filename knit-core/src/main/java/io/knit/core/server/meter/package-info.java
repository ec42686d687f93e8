/**
 * How long things take: takes durations and commits, gives histograms for Prometheus. Labels are words of Knit's own, never names that users or strangers
 * chose. It decides nothing, and nobody waits for it.
 */
@NullMarked
package io.knit.core.server.meter;

import org.jspecify.annotations.NullMarked;
