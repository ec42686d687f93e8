/**
 * What outlives the server: takes writes, all or none of them, gives documents back at the next start. Plugins implement
 * {@link io.knit.api.spi.store.Store}.
 */
@NullMarked
package io.knit.api.spi.store;

import org.jspecify.annotations.NullMarked;
