/**
 * Thread, clock and ids, which embedders may replace: takes what is to be done and when, gives it its turn on one thread.
 */
@NullMarked
package io.knit.api.spi.loop;

import org.jspecify.annotations.NullMarked;
