/**
 * What a component counts: takes {@link io.knit.api.spi.figure.Figure}s of whatever is
 * {@link io.knit.api.spi.figure.Measured}, gives them as text for Prometheus.
 */
@NullMarked
package io.knit.api.spi.figure;

import org.jspecify.annotations.NullMarked;
