/**
 * What knows the mesh: gives the peers that are there, and when each was seen. Plugins implement
 * {@link io.knit.api.spi.discovery.Discovery}.
 */
@NullMarked
package io.knit.api.spi.discovery;

import org.jspecify.annotations.NullMarked;
