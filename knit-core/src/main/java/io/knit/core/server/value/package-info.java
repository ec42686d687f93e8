/**
 * Takes what is wanted of variables, secrets and files, gives changes (pure); secrets are sealed by a {@link io.knit.core.server.value.KeyRing} before anything is kept of them.
 */
@NullMarked
package io.knit.core.server.value;

import org.jspecify.annotations.NullMarked;
