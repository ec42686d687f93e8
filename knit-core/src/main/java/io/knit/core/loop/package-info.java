/** The production {@link io.knit.api.spi.loop.Loop} on a Vert.x context, ids from a secure random source, turns for what is many. */
@NullMarked
package io.knit.core.loop;

import org.jspecify.annotations.NullMarked;
