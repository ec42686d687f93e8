/**
 * 5 plan: takes a deployment, its instances and the nodes' states, gives what to create, stop, keep and forget (pure).
 * {@link io.knit.core.server.plan.DeploymentPlanner} decides slots and the order of an update; it does not know where anything fits.
 */
@NullMarked
package io.knit.core.server.plan;

import org.jspecify.annotations.NullMarked;
