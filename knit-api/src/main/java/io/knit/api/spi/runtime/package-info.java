/**
 * What runs containers: takes a {@link io.knit.api.spi.runtime.ContainerSpec}, gives a container, and snapshots of all that are there. Plugins implement
 * {@link io.knit.api.spi.runtime.ContainerRuntime}.
 */
@NullMarked
package io.knit.api.spi.runtime;

import org.jspecify.annotations.NullMarked;
