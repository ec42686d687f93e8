package io.knit.core.agent.health;

import io.knit.api.model.HealthSpec;
import io.knit.core.agent.reconcile.memory.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A container that runs and is to be checked by Knit itself.
 *
 * @param address where its host reaches it, or null: nowhere
 * @param check how it stands with it so far
 * @param runningSince tells one run of it from the next
 */
public record Checked(
        String instance,
        String container,
        @Nullable String address,
        HealthSpec spec,
        Check check,
        Duration runningSince) {}
