/** The production {@link io.knit.api.spi.loop.Loop} on a Vert.x context, and ids from a secure random source. */
@NullMarked
package io.knit.core.loop;

import org.jspecify.annotations.NullMarked;
