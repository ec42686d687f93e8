/**
 * 2. Takes a {@link io.knit.api.model.DeploymentSpec}, gives it back or says all that is wrong with it. Pure: whatever a
 * container engine would refuse only at start is refused here, before anything is stored.
 */
@NullMarked
package io.knit.core.server.admission;

import org.jspecify.annotations.NullMarked;
