/**
 * 6 health: takes the instances that run and how their specs want them checked, gives whether each does its work or why not.
 * {@link io.knit.core.agent.health.Vitals} decides when to check and what an answer means (pure); {@link io.knit.core.agent.health.HealthWatch} has it done.
 */
@NullMarked
package io.knit.core.agent.health;

import org.jspecify.annotations.NullMarked;
