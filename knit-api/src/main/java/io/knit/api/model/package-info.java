/**
 * The words of the design as immutable records: what a user wishes ({@link io.knit.api.model.DeploymentSpec}), what the
 * server made of it ({@link io.knit.api.model.Deployment}, {@link io.knit.api.model.Instance}), where it runs
 * ({@link io.knit.api.model.Node}) and what changed ({@link io.knit.api.model.KnitEvent}). Collections are copied and
 * unmodifiable, in the order given. Nothing here validates beyond nullness: that is admission's work, which explains.
 */
@NullMarked
package io.knit.api.model;

import org.jspecify.annotations.NullMarked;
